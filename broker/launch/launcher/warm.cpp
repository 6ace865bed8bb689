// The launcher as a library: for an interpreter whose process is forked instead of started. See warm.hpp.

#include "broker/launch/launcher/warm.hpp"

#include <setjmp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "broker/launch/launcher/receive.hpp"
#include "broker/launch/launcher/serve_as.hpp"

namespace {

using namespace dragoman::launch;

jmp_buf where_serving_began;
const Request* received = nullptr;
dragoman_start start;

/// Of texts that lie one behind the other.
std::size_t size_of(const char* const* texts) {
    std::size_t size = 0;
    for (; *texts != nullptr; ++texts) size += std::strlen(*texts) + 1;
    return size;
}

/// Where the process's own arguments and environment lie, one behind the other: what tools show as its command line.
char* title = nullptr;
std::size_t title_room = 0;
std::size_t arguments_room = 0;

/// glibc gives a library's constructors what main() gets.
[[gnu::constructor]] void find_title(int count, char** arguments, char** environment) {
    if (count < 1) return;
    char* end = title = arguments[0];
    const auto take = [&end](char** texts) {
        for (; *texts != nullptr && *texts == end; ++texts) end += std::strlen(end) + 1;
    };
    take(arguments);
    arguments_room = static_cast<std::size_t>(end - title);
    take(environment);
    title_room = static_cast<std::size_t>(end - title);
}

/// The script's command line, as after exec; blanks between its words where the room of the old one is too small for
/// it: the kernel reads on into the environment when the last byte of that is overwritten.
void take_title(const char* const* words) {
    if (title_room == 0) return;
    const char between = size_of(words) > arguments_room ? ' ' : '\0';
    std::memset(title, 0, title_room);
    std::size_t at = 0;
    for (; *words != nullptr && at + 1 < title_room; ++words) {
        const std::size_t part = std::min(std::strlen(*words), title_room - 1 - at);
        std::memcpy(title + at, *words, part);
        at += part;
        if (words[1] != nullptr && at + 1 < title_room) title[at++] = between;
    }
}

/// What tools show as this process's name, as exec would have set it.
void take_name(const char* program) {
    const char* const slash = std::strrchr(program, '/');
    prctl(PR_SET_NAME, slash != nullptr ? slash + 1 : program);
}

void take_environment(char* const* texts) {
    clearenv();
    for (; *texts != nullptr; ++texts) {
        char* const equals = std::strchr(*texts, '=');
        if (equals == nullptr) continue;
        *equals = '\0';
        setenv(*texts, equals + 1, 1);
    }
}

/// In the script's process, when all its walls are up. Back to where the interpreter called us: it goes on from there
/// as the script's. All frames in between hold nothing that has to be destroyed.
[[noreturn]] void enter(const Request& request) {
    take_name(request.arguments[0]);
    received = &request;
    start.arguments = request.arguments[0];
    start.arguments_size = size_of(request.arguments);
    start.environment = request.environment[0];
    start.environment_size = size_of(request.environment);
    longjmp(where_serving_began, 1);
}

}  // namespace

const dragoman_start* dragoman_serve(const char* tier) {
    if (setjmp(where_serving_began) != 0) return &start;
    serve_as(tier, enter);
    return nullptr;
}

void dragoman_started() {
    take_environment(received->environment);
    take_title(received->arguments);
    forget_request();
}
