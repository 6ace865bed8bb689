#include "broker/launch/launcher/serve_as.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "broker/launch/launcher/cage.hpp"
#include "broker/launch/launcher/landlock.hpp"
#include "broker/launch/launcher/spares.hpp"

namespace dragoman::launch {
namespace {

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

int serve_as(const char* kind, Entry entry) {
    // Before anything else: die with the broker. The socket tells us where it died before this line.
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return 1;
    prctl(PR_SET_NAME, "dragoman-launch");
    give_up_terminal();
    signal(SIGPIPE, SIG_IGN);
    signal(SIGCHLD, SIG_DFL);
    Household house;
    house.entry = entry;
    if (pipe2(house.lifeline, O_CLOEXEC) != 0) return 1;
    Failure failure;
    const bool serves = set_up(kind, house, failure);
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

}  // namespace dragoman::launch
