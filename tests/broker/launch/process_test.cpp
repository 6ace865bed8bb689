#include "broker/launch/process.hpp"

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>

#include "tests/broker/launch/observed.hpp"
#include "tests/compilers/temporary_folder.hpp"

using namespace dragoman;
using namespace dragoman::test;

namespace {

/// Whether a process of that number is alive; a zombie is not.
bool alive(int pid) {
    if (pid <= 0 || ::kill(pid, 0) != 0) return false;
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string text;
    std::getline(file, text);
    const auto name_end = text.rfind(')');
    return name_end != std::string::npos && text[name_end + 2] != 'Z';
}

std::size_t open_descriptors() {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) ++count;
    return count;
}

/// Processes whose command line has `mark` in it.
std::size_t running(const std::string& mark) {
    std::size_t count = 0;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator("/proc", none)) {
        std::ifstream file(entry.path() / "cmdline", std::ios::binary);
        std::ostringstream text;
        text << file.rdbuf();
        if (text.str().find(mark) != std::string::npos && entry.path().filename() != std::to_string(::getpid()))
            ++count;
    }
    return count;
}

}  // namespace

TEST_CASE_FIXTURE(Machine, "what is written to a process comes back from cat, to the last byte") {
    Observed cat(*this, {"/bin/cat"});
    cat.process->write("hello\n");
    CHECK(cat.says("hello\n"));
    const std::string much(3'000'000, 'x');  // more than any pipe holds
    cat.process->write(much);
    cat.process->write("end");
    cat.process->close_input();
    CHECK(cat.ends_by_itself());
    CHECK(cat.said_at_end[0].size() == 6 + much.size() + 3);
    CHECK(cat.said_at_end[0].ends_with("xend"));
    CHECK(cat.end->exit_code == 0);
    CHECK(cat.process->unsent() == 0);
    CHECK(cat.ends == 1);
}

TEST_CASE_FIXTURE(Machine, "exit codes and signals are told apart") {
    Observed three(*this, shell("exit 3"));
    Observed killed(*this, shell("kill -SEGV $$"));
    CHECK(three.ends_by_itself());
    CHECK(three.end->exit_code == 3);
    CHECK(three.end->signal == 0);
    CHECK(killed.ends_by_itself());
    CHECK(killed.end->signal == SIGSEGV);
}

TEST_CASE_FIXTURE(Machine, "stdout's place is the conversation, 2 is stderr, 3 is plain output") {
    Observed one(*this, shell("echo one; echo two >&2; echo three >&$DRAGOMAN_OUTPUT"));
    CHECK(one.ends_by_itself());
    CHECK(one.said_at_end[0] == "one\n");
    CHECK(one.said_at_end[2] == "two\n");
    CHECK(one.said_at_end[1] == "three\n");
}

TEST_CASE_FIXTURE(Machine, "with a private channel the conversation is on 3 and 4") {
    Observed one(
        *this,
        shell("echo plain; read line <&3; echo \"$line\" >&4; echo $DRAGOMAN_CHANNEL; read nothing || echo empty"),
        Channel::Private);
    one.process->write("hello\n");
    CHECK(one.ends_by_itself());
    CHECK(one.conversation() == "hello\n");
    CHECK(one.output() == "plain\n3,4\nempty\n");
}

TEST_CASE_FIXTURE(Machine, "all that a process wrote is handed on before its end is told") {
    Observed one(*this,
                 shell("i=0; while [ $i -lt 2000 ]; do echo line $i; echo error $i >&2; i=$((i+1)); done; kill -9 $$"));
    CHECK(one.ends_by_itself());
    CHECK(one.end->signal == SIGKILL);
    CHECK(one.said_at_end[0].ends_with("line 1999\n"));
    CHECK(one.said_at_end[2].ends_with("error 1999\n"));
}

TEST_CASE_FIXTURE(Machine, "a full pipe blocks nobody") {
    Observed loud(*this, shell("head -c 5000000 /dev/zero >&2; head -c 5000000 /dev/zero >&3; echo done"));
    CHECK(loud.ends_by_itself());
    CHECK(loud.said_at_end[2].size() == 5'000'000);
    CHECK(loud.said_at_end[1].size() == 5'000'000);
    CHECK(loud.said_at_end[0] == "done\n");
}

TEST_CASE_FIXTURE(Machine, "a process sees what it was given and nothing else") {
    ::setenv("SECRET_OF_THE_BROKER", "1", 1);
    TemporaryFolder folder;
    Observed one(*this, shell("env; pwd; ls /proc/self/fd | wc -l; cat /proc/$$/stat > /dev/null; ulimit -c"),
                 Channel::Stdio, folder.path());
    CHECK(one.ends_by_itself());
    CHECK(one.conversation().find("SECRET") == std::string::npos);
    CHECK(one.conversation().find("PATH=/usr/bin:/bin\n") != std::string::npos);
    CHECK(one.conversation().find("\n" + folder.path().string() + "\n") != std::string::npos);
    CHECK(one.conversation().find("\n5\n") != std::string::npos);  // 0 to 3, and the folder that ls looks into
    CHECK(one.conversation().ends_with("\n0\n"));
    ::unsetenv("SECRET_OF_THE_BROKER");
}

TEST_CASE_FIXTURE(Machine, "a program that cannot be executed is named, with the reason") {
    Observed missing(*this, {"/no/such/program"});
    CHECK(missing.ends_by_itself());
    CHECK(missing.not_started == "executing /no/such/program failed: No such file or directory");
    CHECK(missing.is_gone());
    CHECK(missing.ends == 0);
    TemporaryFolder folder;
    Observed text(*this, {folder.write("a.txt", "text").string()});
    CHECK(text.ends_by_itself());
    CHECK(text.not_started.ends_with("a.txt failed: Permission denied"));
    Observed nowhere(*this, shell("true"), Channel::Stdio, "/no/such/folder");
    CHECK(nowhere.ends_by_itself());
    CHECK(nowhere.not_started == "entering the folder of /bin/sh failed: No such file or directory");
}

TEST_CASE_FIXTURE(Machine, "what cannot be asked for is an error at once") {
    Observed bystander(*this, {"/bin/cat"});
    CHECK_THROWS_AS(Observed(*this, {}), LaunchError);
    CHECK_THROWS_AS(Observed(*this, {"/bin/echo", std::string("a\0b", 3)}), LaunchError);
    CHECK_THROWS_AS(Observed(*this, {"/bin/echo", std::string(launch::largest_request, 'x')}), LaunchError);
    CHECK_THROWS_AS(Observed(*this, std::vector<std::string>(launch::most_words + 1, "/bin/echo")), LaunchError);
    bystander.process->write("still here\n");
    CHECK(bystander.says("still here\n"));
}

TEST_CASE_FIXTURE(Machine, "a command line of the largest size is executed") {
    std::vector<std::string> arguments = shell("echo $#");
    while (arguments.size() < launch::most_words)
        arguments.emplace_back(launch::largest_request / 2 / launch::most_words, 'x');
    Observed one(*this, arguments);
    CHECK(one.ends_by_itself());
    CHECK(one.conversation() == std::to_string(launch::most_words - 4) + "\n");
}

TEST_CASE_FIXTURE(Machine, "kill ends a process that ignores every signal, and all that it started") {
    Observed one(*this, shell("trap '' TERM INT HUP; sleep 3333.25 & setsid sleep 3333.25 & (setsid sh -c 'sleep "
                              "3333.25 & sleep 3333.25' &) ; "
                              "echo started; while true; do sleep 0.05; done"));
    CHECK(one.says("started"));
    CHECK(until([] { return running("3333.25") >= 4; }));
    CHECK(alive(one.process->pid()));
    one.process->terminate();
    one.process->kill();
    CHECK(one.ends_by_itself());
    CHECK(one.end->signal == SIGKILL);
    CHECK(one.is_gone());
    CHECK(running("3333.25") == 0);
    CHECK_FALSE(alive(one.process->pid()));
}

TEST_CASE_FIXTURE(Machine, "a stopped process is killed as well") {
    Observed one(*this, shell("echo started; kill -STOP $$"));
    CHECK(one.says("started"));
    CHECK(until([&] { return one.process->state() == 'T'; }));
    one.process->kill();
    CHECK(one.is_gone());
}

TEST_CASE_FIXTURE(Machine, "nothing that a process started outlives its exit") {
    Observed one(*this, shell("setsid sleep 3334.25 & echo started"));
    CHECK(one.ends_by_itself());
    CHECK(one.end->exit_code == 0);
    CHECK(one.is_gone());
    CHECK(running("3334.25") == 0);
    CHECK(until([&] { return one.ended[0] && one.ended[1] && one.ended[2]; }));
}

TEST_CASE_FIXTURE(Machine, "SIGTERM reaches the script alone, which may end in its own way") {
    Observed one(*this, shell("trap 'echo bye; exit 5' TERM; echo started; while true; do sleep 0.02; done"));
    CHECK(one.says("started"));
    one.process->terminate();
    CHECK(one.ends_by_itself());
    CHECK(one.end->exit_code == 5);
    CHECK(one.conversation() == "started\nbye\n");
}

TEST_CASE_FIXTURE(Machine, "a process that reads no more is noticed when it is written to") {
    Observed one(*this, shell("exec <&-; echo closed; sleep 60"));
    CHECK(one.says("closed"));
    one.process->write("x\n");
    CHECK(until([&] { return one.input_closed; }));
    one.process->write("more\n");
    CHECK(one.process->unsent() == 0);
}

TEST_CASE_FIXTURE(Machine, "what a process does not read stays unsent, and is let go of when it is killed") {
    Observed one(*this, shell("sleep 60"));
    one.process->write(std::string(1'000'000, 'x'));
    CHECK(one.process->unsent() > 900'000);
    one.process->close_input();
    CHECK(one.process->unsent() > 900'000);
    one.process->kill();
    CHECK(one.process->unsent() == 0);
    CHECK(one.is_gone());
}

TEST_CASE_FIXTURE(Machine, "CPU time grows for who computes, and is whole at the end") {
    Observed one(*this, shell("echo started; i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done"));
    CHECK(one.says("started"));
    const auto early = one.process->cpu_time();
    REQUIRE(early);
    CHECK(until([&] { return one.end || one.process->cpu_time() > *early + std::chrono::milliseconds(20); }));
    CHECK(one.ends_by_itself());
    CHECK(one.end->cpu > *early);
    CHECK(one.end->peak_memory > 100'000);
    CHECK_FALSE(one.process->cpu_time());
}

TEST_CASE_FIXTURE(Machine, "a process that is let go of is killed by its owner and leaves no descriptor") {
    Observed first(*this, {"/bin/cat"});  // the event loop takes some of its own
    const auto before = open_descriptors();
    for (int i = 0; i < 5; ++i) {
        Observed one(*this, {"/bin/cat"});
        one.process->write(std::string(200'000, 'x'));
    }
    CHECK(until([&] { return open_descriptors() == before; }));
}

TEST_CASE("a machine that goes takes its processes along, with operations under way") {
    struct Deaf : ProcessListener {
        void on_bytes(Stream, std::string_view) override {}
        void on_end_of(Stream) override {}
        void on_input_closed() override {}
        void on_start_failed(const std::string&) override {}
        void on_end(const ProcessEnd&) override {}
    } deaf;
    const auto before = open_descriptors();
    {
        Machine machine;
        const auto process =
            Process::start(machine.launcher, {shell("sleep 3335.25"), {}, {}, 0}, Channel::Stdio, deaf);
        process->write(std::string(1'000'000, 'x'));
        CHECK(machine.until([] { return running("3335.25") > 0; }));
    }
    const auto end = Clock::now() + long_enough;
    while (running("3335.25") > 0 && Clock::now() < end) ::usleep(1000);
    CHECK(running("3335.25") == 0);
    CHECK(open_descriptors() == before);
    CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);  // the launcher was reaped
}

TEST_CASE_FIXTURE(Machine, "two hundred processes side by side") {
    std::vector<std::unique_ptr<Observed>> many;
    for (int i = 0; i < 200; ++i)
        many.push_back(std::make_unique<Observed>(*this, std::vector<std::string>{"/bin/cat"}));
    for (auto& one : many) one->process->write("hello\n");
    CHECK(until([&] {
        return std::all_of(many.begin(), many.end(), [](auto& one) { return one->conversation() == "hello\n"; });
    }));
    for (auto& one : many) one->process->close_input();
    CHECK(until([&] { return std::all_of(many.begin(), many.end(), [](auto& one) { return one->process->gone(); }); }));
    CHECK(std::all_of(many.begin(), many.end(), [](auto& one) { return one->end && one->end->exit_code == 0; }));
}

TEST_CASE_FIXTURE(Machine, "a launcher that is killed takes its scripts along, and is started again") {
    Observed before(*this, shell("setsid sleep 3336.25 & echo $PPID started; sleep 60"));
    CHECK(before.says("started"));
    // Its parent is the minder, whose parent is the launcher.
    int launcher_pid = 0;
    for (int pid = before.process->pid(), up = 0; up < 2; ++up) {
        std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
        std::string text;
        std::getline(file, text);
        std::istringstream(text.substr(text.rfind(')') + 4)) >> pid;
        launcher_pid = pid;
    }
    REQUIRE(launcher_pid > 1);
    REQUIRE(launcher_pid != ::getpid());
    ::kill(launcher_pid, SIGKILL);
    CHECK(before.ends_by_itself());
    CHECK(before.end->signal == SIGKILL);
    CHECK(until([] { return running("3336.25") == 0; }));
    CHECK(until([&] { return launcher.gone(); }));  // with the minders that it had made ahead of time
    Observed after(*this, {"/bin/cat"});
    after.process->write("hello\n");
    CHECK(after.says("hello\n"));
    CHECK_FALSE(alive(launcher_pid));
}
