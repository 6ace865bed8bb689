#include <sched.h>
#include <seccomp.h>
#include <sys/syscall.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

#include "broker/sandbox/call_words.hpp"
#include "broker/sandbox/filter.hpp"
#include "broker/session/transcript.hpp"

namespace dragoman {
namespace {

std::string name_of(int number) {
    struct Free {
        void operator()(char* text) const { std::free(text); }
    };
    const std::unique_ptr<char, Free> name(seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, number));
    return name ? name.get() : "system call " + std::to_string(number);
}

/// A script chose these bytes, and they reach somebody's terminal.
std::string quoted(const std::string& path) {
    std::string text = "\"";
    const std::string valid = valid_utf8(path);
    for (std::size_t i = 0; i < valid.size(); ++i) {
        const auto byte = static_cast<unsigned char>(valid[i]);
        const auto next = static_cast<unsigned char>(i + 1 < valid.size() ? valid[i + 1] : '\0');
        const bool second_control = byte == 0xc2 && next >= 0x80 && next < 0xa0;  // U+0080 to U+009F
        if (byte == '"' || byte == '\\') {
            text += '\\';
            text += valid[i];
        } else if (byte < 0x20 || byte == 0x7f || second_control) {
            char escape[8];
            std::snprintf(escape, sizeof escape, "\\x%02x", second_control ? next : byte);
            text += escape;
            if (second_control) ++i;
        } else {
            text += valid[i];
        }
    }
    return text + '"';
}

bool is_clone_of_process(const RefusedCall& call) {
    return call.number == SYS_clone && (call.arguments[0] & CLONE_THREAD) == 0;
}

bool makes_namespace(std::uint64_t flags) {
    return (flags & (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID |
                     CLONE_NEWNET)) != 0;
}

/// The name as people write it: they call open(), glibc calls openat().
std::string everyday_name(const std::string& name, const std::string& first) {
    if (first != "AT_FDCWD" || name == "name_to_handle_at") return name;
    for (const std::string_view ending : {"at", "at2"})
        if (name.ends_with(ending)) return name.substr(0, name.size() - ending.size());
    return name;
}

std::vector<std::string> arguments_of(const RefusedCall& call, const std::string_view* words) {
    std::vector<std::string> arguments;
    if (words != nullptr) {
        for (std::size_t i = 0; i < words->size(); ++i) {
            const Word word{(*words)[i]};
            const bool known = word == Word::path && !call.path.empty();
            arguments.push_back(known ? quoted(call.path) : written(word, call.arguments[i]));
        }
        return arguments;
    }
    std::size_t count = call.arguments.size();
    while (count > 0 && call.arguments[count - 1] == 0) --count;
    for (std::size_t i = 0; i < count; ++i) arguments.push_back(written(Word::hex, call.arguments[i]));
    return arguments;
}

/// Drops what the author did not write or what says nothing: a mode without a file that is made, protocol 0.
void shorten(const std::string& name, std::vector<std::string>& arguments) {
    const auto drop_last_if = [&](bool drop) {
        if (drop && !arguments.empty()) arguments.pop_back();
    };
    if (name == "open" || name == "openat") {
        const std::string& flags = arguments[arguments.size() - 2];
        drop_last_if(flags.find("O_CREAT") == std::string::npos && flags.find("O_TMPFILE") == std::string::npos);
    } else if (name == "socket") {
        drop_last_if(arguments.back() == "0");
    } else if (name == "prctl") {
        while (arguments.size() > 1 && arguments.back() == "0") arguments.pop_back();
    }
    if (!arguments.empty() && arguments.front() == "AT_FDCWD") arguments.erase(arguments.begin());
}

}  // namespace

bool makes_process(const RefusedCall& call) {
#ifdef SYS_fork
    if (call.number == SYS_fork || call.number == SYS_vfork) return true;
#endif
    return is_clone_of_process(call);
}

std::string describe(const RefusedCall& call) {
    if (is_clone_of_process(call) && !makes_namespace(call.arguments[0]))
        return (call.arguments[0] & CLONE_VFORK) != 0 ? "vfork()" : "fork()";
    const std::string kernel_name = name_of(call.number);
    const std::string_view* const words = words_of(kernel_name);
    std::vector<std::string> arguments = arguments_of(call, words);
    const std::string name = everyday_name(kernel_name, arguments.empty() ? "" : arguments.front());
    if (words != nullptr) shorten(kernel_name, arguments);
    std::string text = name + "(";
    for (const std::string& argument : arguments) text += (text.back() == '(' ? "" : ", ") + argument;
    return text + ")";
}

}  // namespace dragoman
