#pragma once

#include <memory>
#include <set>

#include "broker/build/command.hpp"
#include "broker/sandbox/sandbox.hpp"

namespace dragoman {

/// Runs compilers and other helper programs, at low priority and in the sandbox: they see the system's files and the
/// command's own, write in its folder, and end with the broker as scripts do.
class LauncherRunner final : public CommandRunner {
public:
    explicit LauncherRunner(Sandbox& sandbox);
    ~LauncherRunner() override;

    void run(Command command, std::function<void(CommandResult)> done) override;

private:
    class Run;
    Sandbox& sandbox_;
    std::set<std::unique_ptr<Run>> runs_;
};

/// What a script or a compiler sees: enough for any run time, nothing of the user's.
std::vector<std::string> small_environment(const std::map<std::string, std::string>& more);
/// "NAME=value" for each of the broker's own variables, with `more` in place of those of the same name.
std::vector<std::string> own_environment(const std::map<std::string, std::string>& more);

}  // namespace dragoman
