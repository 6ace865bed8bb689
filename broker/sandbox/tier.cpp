#include "broker/sandbox/tier.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

#include "broker/launch/launcher/self_test.hpp"
#include "broker/sandbox/filter.hpp"
#include "compilers/program.hpp"

namespace dragoman {
namespace {

namespace fs = std::filesystem;

constexpr int self_test_time_ms = 5000;

const char* word_for_launcher(Tier tier) {
    switch (tier) {
        case Tier::landlock:
            return launch::tier::landlock;
        case Tier::none:
            return launch::tier::plain;
        default:
            return launch::tier::cage;
    }
}

}  // namespace

std::vector<std::string> behind_walls(Tier tier, const TierNeeds& needs, const std::vector<std::string>& words) {
    std::vector<std::string> command;
    if (tier == Tier::bubblewrap) {
        command = {find_program("bwrap").value_or("bwrap").string(),
                   "--die-with-parent",
                   "--unshare-ipc",
                   "--unshare-pid",
                   "--unshare-net",
                   "--unshare-uts",
                   "--unshare-cgroup-try"};
        const auto add = [&](std::initializer_list<std::string> words) { command.insert(command.end(), words); };
        // As root it stays root inside, without a user namespace: each script gets a uid of its own (child.cpp).
        if (::geteuid() == 0)
            add({"--cap-add", "ALL"});
        else
            add({"--unshare-user"});
        add({"--ro-bind", "/", "/", "--proc", "/proc", "--dev-bind", "/dev", "/dev"});
        for (const fs::path& folder : needs.writable)
            if (!folder.empty()) add({"--bind-try", folder.string(), folder.string()});
        add({"--"});
    }
    command.insert(command.end(), words.begin(), words.end());
    command.emplace_back(word_for_launcher(tier));
    return command;
}

std::string self_test(Launcher& launcher) {
    FilterOptions options;
    options.told = false;
    options.pid_namespace = launcher.pid_namespaces();
    LaunchOrder order;
    order.arguments = {"/bin/true"};  // nothing is executed, but Landlock wants a program
    order.directory = "/";
    order.filter = std::make_shared<const std::vector<sock_filter>>(make_filter(options));
    order.self_test = true;
    const Descriptor status = launcher.start(order, {});
    pollfd event{status.get(), POLLIN, 0};
    for (launch::Status told; ::poll(&event, 1, self_test_time_ms) == 1;) {
        const ssize_t size = ::recv(status.get(), &told, sizeof told, 0);
        if (size <= 0) return "the self-test was killed";
        if (told.kind == launch::StatusKind::failed)
            return std::string(describe(told.step)) +
                   " a script failed: " + (told.path[0] != '\0' ? std::string(told.path) + ": " : "") +
                   std::generic_category().message(told.error) +
                   (told.step == launch::Step::descriptors && told.error == EPERM
                        ? " (it needs a hard limit of at least 1001 open files: ulimit -Hn)"
                        : "");
        if (told.kind != launch::StatusKind::ended) continue;
        if (!WIFEXITED(told.wait_status))
            return "the self-test ended by signal " + std::to_string(WTERMSIG(told.wait_status));
        const int number = WEXITSTATUS(told.wait_status);
        return number == 0 ? "" : std::string("the self-test was able ") + launch::attempt(number);
    }
    return "the self-test took longer than 5 s";
}

namespace {

std::vector<std::string> shortcomings(Tier tier, const launch::Greeting& greeting) {
    std::vector<std::string> lacks;
    if (greeting.landlock == 0)
        lacks.emplace_back(
            "this kernel has no Landlock (Linux 5.13, lsm=landlock): the mounts alone keep scripts from files");
    if (tier != Tier::landlock && greeting.script_uid != 0 && greeting.mapped_mounts == 0)
        lacks.emplace_back("folders of root's cannot be shown to scripts unless everybody may read them");
    if (tier == Tier::landlock && greeting.script_uid != 0)
        lacks.emplace_back("scripts keep one power of root's: to read what Landlock shows them, whoever owns it");
    if (tier == Tier::landlock) {
        lacks.emplace_back(
            "no namespaces: a script can see that other files and processes exist, though not read them");
        lacks.emplace_back("threads are not counted for each script, and there is no /tmp of its own");
    }
    return lacks;
}

}  // namespace

std::string_view name(Tier tier) {
    switch (tier) {
        case Tier::bubblewrap:
            return "bubblewrap";
        case Tier::cage:
            return "cage";
        case Tier::landlock:
            return "landlock";
        case Tier::none:
            return "none";
    }
    return "?";
}

TierTrial try_tier(Tier tier, boost::asio::io_context& io, const TierNeeds& needs) {
    TierTrial trial{tier, nullptr, {}};
    if (tier == Tier::bubblewrap && !find_program("bwrap")) {
        trial.why_not = "bubblewrap is not installed (apt install bubblewrap)";
        return trial;
    }
    try {
        trial.launcher =
            std::make_unique<Launcher>(io, behind_walls(tier, needs, {needs.launcher.string(), "--serve"}));
        const launch::Greeting& greeting = trial.launcher->greeting();
        if (tier == Tier::none) return trial;
        if (greeting.error != 0)
            trial.why_not = std::string(describe(greeting.step)) +
                            " scripts failed: " + std::generic_category().message(greeting.error);
        else
            trial.why_not = self_test(*trial.launcher);
        if (trial.why_not.empty()) trial.lacks = shortcomings(tier, greeting);
    } catch (const std::runtime_error& error) {
        trial.why_not = error.what();
    }
    if (!trial.why_not.empty()) trial.launcher.reset();
    return trial;
}

bool lets_through(SandboxMode mode, Tier tier) {
    switch (mode) {
        case SandboxMode::strict:
            return tier != Tier::landlock;
        case SandboxMode::bubblewrap:
            return tier == Tier::bubblewrap;
        case SandboxMode::cage:
            return tier == Tier::cage;
        case SandboxMode::landlock:
            return tier == Tier::landlock;
        case SandboxMode::automatic:
        case SandboxMode::off:
            break;
    }
    return true;
}

TierTrial strongest_tier(SandboxMode mode, boost::asio::io_context& io, const TierNeeds& needs) {
    if (mode == SandboxMode::off) {
        TierTrial trial = try_tier(Tier::none, io, needs);
        if (trial.launcher == nullptr) throw LaunchError(trial.why_not);
        return trial;
    }
    std::string reasons;
    for (const Tier tier : {Tier::bubblewrap, Tier::cage, Tier::landlock}) {
        if (!lets_through(mode, tier)) continue;
        TierTrial trial = try_tier(tier, io, needs);
        if (trial.launcher != nullptr) return trial;
        reasons += "\n  " + std::string(name(tier)) + ": " + trial.why_not;
    }
    throw LaunchError(std::string("no sandbox works on this machine, so no script is started:") + reasons +
                      "\n`dragoman doctor` says how to enable one; --sandbox=off runs scripts without");
}

}  // namespace dragoman
