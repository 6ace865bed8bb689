// Speaks the classic level on bare stdio and answers each scene with its frame. Misbehaves on request: ../README.md.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <functional>
#include <iostream>
#include <map>
#include <string>

using std::string;

static void write(string data) {
    for (size_t sent = 0; sent < data.size();) sent += size_t(::write(1, data.data() + sent, data.size() - sent));
}
static void say(const string& command) { write("__command__ " + command + "\n"); }
static void drip() {
    for (;; usleep(20'000)) write("drip\n");
}
static void hang() {
    for (;;) pause();
}
static void ignore_end() { signal(SIGTERM, SIG_IGN); }

/// Forks twice; the grandchild has a session of its own, ignores SIGTERM and holds every descriptor.
static void leave_a_daemon() {
    if (fork() == 0) {
        setsid();
        if (fork() > 0) _exit(0);
        ignore_end();
        hang();
    }
    wait(nullptr);
}
static void flood(const string& unit, int times) {
    while (times-- > 0) write(unit);
}
static void for_ever(const string& unit) {
    for (;;) write(unit);
}
static string hello(const string& protocol, const string& role) {
    return "__hello__ {\"protocol\": " + protocol + ", \"client\": \"bare\", \"role\": \"" + role + "\", \"features\": []}\n";
}

static const string million(1'000'000, 'x');

static std::map<string, std::function<void()>> opening{
    {"never_ready", hang},
    {"drip_before_ready", drip},
    {"exit_before_ready", [] { exit(5); }},
    {"command_before_ready", [] { say("1"); }},
    {"hello_999", [] { write(hello("999", "player")); }},
    {"hello_of_a_game", [] { write(hello("1", "game")); }},
    {"hello_twice", [] { flood(hello("1", "player"), 2); }},
    {"hello_malformed", [] { write("__hello__ {\"protocol\": \"one\"}\n"); }},
    {"unknown_header", [] { write(hello("1", "player")); }},
    {"byte_order_mark", [] { write("\xef\xbb\xbf"); }},
    {"ignore_sigterm", ignore_end},
    {"daemon_at_start", leave_a_daemon},
};

static std::map<string, std::function<void(string)>> at_frame{
    {"malformed", [](string) { say("{\"a\": [1, 2"); }},
    {"bare_word", [](string) { say("MOVE_LEFT"); }},
    {"nan", [](string) { say("NaN"); }},
    {"infinite", [](string) { say("1e999"); }},
    {"half_a_letter", [](string) { say("\"\\ud800\""); }},
    {"two_spaces", [](string n) { say(" " + n); }},
    {"trailing_text", [](string n) { say(n + " " + n); }},
    {"nul", [](string) { write(string("__command__ \"a\0b\"\n", 18)); }},
    {"text_in_front", [](string n) { write("hello __command__ " + n + "\n"), hang(); }},
    {"header_in_text", [](string n) { write("debug: __command__ \"X\"\n__commander__ 1\n__scene_info__ {}\n"), say(n); }},
    {"bad_utf8", [](string) { write("__command__ \"\xff\xfe\"\n"); }},
    {"bad_utf8_in_text", [](string n) { write(string("caf\xe9 \x1b[2J \0\n", 12)), say(n); }},
    {"long_command", [](string) { write("__command__ \""), flood(million, 100), write("\"\n"); }},
    {"long_text", [](string n) { flood(million, 100), write("\n"), say(n); }},
    {"deep", [](string) { say(string(100'000, '[') + string(100'000, ']')); }},
    {"twice_at_once", [](string n) { write("__command__ " + n + "\n__command__ \"again\"\n"); }},
    {"twice", [](string n) { say(n), say("\"again\""); }},
    {"late", [](string n) { usleep(500'000), say(n); }},
    {"close_stdin", [](string n) { close(0), say(n), hang(); }},
    {"close_stdout", [](string) { close(1), hang(); }},
    {"drip", [](string) { drip(); }},
    {"hang", [](string) { hang(); }},
    {"daemon", [](string n) { leave_a_daemon(), say(n); }},
    {"daemon_then_exit", [](string) { leave_a_daemon(), _exit(0); }},
    {"stop_itself", [](string) { raise(SIGSTOP); }},
    {"half_a_line", [](string) { write("__command__ \"hal"), _exit(0); }},
    {"crlf", [](string n) { write("__command__ " + n + "\r\n"); }},
    {"reset", [](string) { say("RESET"), say("READY"); }},
    {"reset_only", [](string) { say("RESET"), hang(); }},
    {"ready_again", [](string n) { say("READY"), say(n); }},
    {"unknown_header", [](string) { write("__teapot__ {}\n"); }},
    {"commands_for_ever", [](string n) { for_ever("__command__ " + n + "\n"); }},
    {"empty_lines_for_ever", [](string) { for_ever(string(4096, '\n')); }},
    {"kill_itself", [](string) { raise(SIGKILL); }},
};

int main(int count, char** arguments) {
    if (count != 3) return 2;
    const string vice = arguments[1];
    const int when = atoi(arguments[2]);
    for (string line; getline(std::cin, line);) {
        if (line.rfind("__init__", 0) == 0) {
            if (opening.count(vice)) opening[vice]();
            say("READY");
            continue;
        }
        const size_t at = line.find("\"frame\": ") + 9;
        const string frame = std::to_string(atoi(line.c_str() + at));
        if (at_frame.count(vice) && (stoi(frame) == when || vice == "crlf"))
            at_frame[vice](frame);
        else
            say(frame);
    }
}
