#pragma once

#include <memory>
#include <set>

#include "broker/build/command.hpp"
#include "broker/launch/launcher.hpp"

namespace dragoman {

/// Runs compilers and other helper programs by the launcher, at low priority: they end with the broker as scripts do.
class LauncherRunner final : public CommandRunner {
public:
    explicit LauncherRunner(Launcher& launcher);
    ~LauncherRunner() override;

    void run(Command command, std::function<void(CommandResult)> done) override;

private:
    class Run;
    Launcher& launcher_;
    std::set<std::unique_ptr<Run>> runs_;
};

/// "NAME=value" for each of the broker's own variables, with `more` in place of those of the same name.
std::vector<std::string> own_environment(const std::map<std::string, std::string>& more);

}  // namespace dragoman
