// warm_start SCRIPT.py: `python3 -u run.py SCRIPT.py` by a warm start, without walls. What was made for scripts that
// are started from nothing can so be used on scripts that are not: the conversations of tests/conformance, for example.

#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <vector>

#include "broker/broker.hpp"
#include "broker/launch/launcher.hpp"

namespace {

using namespace dragoman;

/// Ends as the script did.
[[noreturn]] void end_like(int wait_status) {
    if (WIFSIGNALED(wait_status)) {
        ::signal(WTERMSIG(wait_status), SIG_DFL);
        ::raise(WTERMSIG(wait_status));
    }
    std::_Exit(WEXITSTATUS(wait_status));
}

int fail(const char* what) {
    std::fprintf(stderr, "warm_start: %s\n", what);
    return 125;
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 2) return fail("expected one script");
    const auto home = find_home();
    const std::string client = (home / "clients/python").string();
    LaunchOrder order;
    order.arguments = {"/usr/bin/python3", "-u", client + "/run.py", arguments[1]};
    order.directory = std::filesystem::current_path();
    for (char** variable = environ; *variable != nullptr; ++variable) order.environment.emplace_back(*variable);

    boost::asio::io_context io;
    LauncherStart start{{"PATH=/usr/bin:/bin", "LANG=C.UTF-8", "HOME=/nonexistent"}, true};
    Launcher launcher(io,
                      {"/usr/bin/python3", "-u", client + "/warm.py", (home / "libexec/dragoman-launcher.so").string(),
                       launch::tier::plain},
                      std::move(start));
    if (!launcher.greets(std::chrono::seconds(10))) return fail(launcher.last_words().c_str());
    std::vector<int> descriptors{0, 1, 2};
    if (std::getenv("DRAGOMAN_OUTPUT") != nullptr) descriptors.push_back(3);
    if (std::getenv("DRAGOMAN_PLANE") != nullptr) descriptors.insert(descriptors.end(), {4, 5, 6});
    const Descriptor status = launcher.start(order, descriptors);
    for (const int descriptor : descriptors) ::close(descriptor);  // their ends are the script's to close
    for (launch::Status told; ::recv(status.get(), &told, sizeof told, 0) > 0;) {
        if (told.kind == launch::StatusKind::ended) end_like(told.wait_status);
        if (told.kind == launch::StatusKind::failed) return 126;
    }
    return 125;
}
