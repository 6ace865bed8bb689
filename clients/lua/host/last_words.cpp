#include "last_words.hpp"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include <initializer_list>

namespace dragoman {

namespace {

// No stdio here: the crash may have happened inside it, with its lock held. glibc's FILE shows its pending bytes.
void write_and_die(int signal_number) {
    const char* begin = stdout->_IO_write_base;
    const char* end = stdout->_IO_write_ptr;
    if (begin != nullptr && end > begin) {
        [[maybe_unused]] const ssize_t put = write(1, begin, static_cast<size_t>(end - begin));
    }
    raise(signal_number);  // SA_RESETHAND has put the default back
}

}  // namespace

void keep_last_words() {
    setvbuf(stdout, nullptr, _IOLBF, 0);

    // A stack that has overflowed cannot carry the handler.
    static char memory[16 * 1024];
    stack_t stack{};
    stack.ss_sp = memory;
    stack.ss_size = sizeof memory;
    sigaltstack(&stack, nullptr);

    struct sigaction action {};
    action.sa_handler = write_and_die;
    action.sa_flags = static_cast<int>(SA_RESETHAND | SA_NODEFER | SA_ONSTACK);
    for (const int signal_number : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT})
        sigaction(signal_number, &action, nullptr);
}

}  // namespace dragoman
