// dragoman-launcher: the broker's fork server.
//
// A small process, started once. The broker never clones itself (with 1 GiB resident that costs 35 ms); it asks the
// launcher, which clones a minder for each script. The minder is pid 1 of a pid namespace of its own where the kernel
// allows it, else a subreaper; it builds the script's root, starts the script, waits for its end, tells the broker, and
// takes down whatever the script left behind. Broker, launcher and minder each die with the one before: no script
// survives a kill -9 of any of them.

#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "broker/launch/launcher/cage.hpp"
#include "broker/launch/launcher/landlock.hpp"
#include "broker/launch/launcher/spares.hpp"

namespace {

using namespace dragoman::launch;

/// A ctrl-C in the terminal is the broker's to handle, and no script may read from the terminal or type into it
/// (TIOCSTI).
void give_up_terminal() {
    setpgid(0, 0);
    const int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (terminal < 0) return;  // there is none
    ioctl(terminal, TIOCNOTTY);
    close(terminal);
}

/// Makes this process what holds scripts in `kind`'s way. `failure` says why it cannot.
bool set_up(const char* kind, Household& house, Failure& failure) {
    if (std::strcmp(kind, tier::plain) == 0) {
        if (const int error = find_pid_namespaces(house)) failure.at(Step::namespaces, error);
        return true;  // without them, a minder is a subreaper
    }
    house.landlock = landlock_version();
    if (std::strcmp(kind, tier::cage) == 0) return enter_cage(house, failure);
    if (house.landlock == 0) return failure.at(Step::landlock_there, errno);
    choose_uid(house);
    house.confines = true;
    return true;
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 3 || std::strcmp(arguments[1], "--serve") != 0) {
        std::fprintf(stderr, "dragoman-launcher starts scripts for a dragoman broker; it is not run by hand\n");
        return 2;
    }
    // Before anything else: die with the broker. The socket tells us where it died before this line.
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return 1;
    prctl(PR_SET_NAME, "dragoman-launch");
    give_up_terminal();
    signal(SIGPIPE, SIG_IGN);
    signal(SIGCHLD, SIG_DFL);
    Household house;
    if (pipe2(house.lifeline, O_CLOEXEC) != 0) return 1;
    Failure failure;
    const bool serves = set_up(arguments[2], house, failure);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return 1;  // again: new credentials clear it
    Greeting greeting;
    greeting.pid_namespaces = house.pid_namespaces ? 1 : 0;
    greeting.landlock = house.landlock;
    greeting.script_uid = house.script_uid;
    greeting.mapped_mounts = house.mapped_users >= 0 ? 1 : 0;
    greeting.step = failure.step;
    greeting.error = failure.error;
    if (send(launcher_socket, &greeting, sizeof greeting, MSG_NOSIGNAL) < 0 || !serves) return 1;
    serve(launcher_socket, house);
    return 0;
}
