#pragma once

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <map>
#include <memory>
#include <set>

#include "broker/build/built.hpp"
#include "broker/build/command.hpp"
#include "broker/launch/launcher.hpp"
#include "broker/sandbox/confinement.hpp"
#include "broker/sandbox/filter.hpp"
#include "broker/sandbox/known_scripts.hpp"
#include "broker/sandbox/tier.hpp"
#include "broker/sandbox/warm.hpp"

namespace dragoman {

/// Who starts what, and behind which walls: the launchers, the tier that was found, and what each script may see.
class Sandbox {
public:
    /// Finds the tier; throws LaunchError where scripts cannot be held as `mode` asks.
    Sandbox(boost::asio::io_context& io, SandboxMode mode, TierNeeds needs, WarmStarts::Warn warn = {});

    /// From now on every file that a script opens is looked at, so that its author can be told what was hidden from it.
    /// Each open costs it some microseconds more.
    void tell_opens() { tells_opens_ = true; }

    /// Languages that lie in these folders came with a game: what they ask for beyond the system's files and their own
    /// is not granted, and nothing of theirs runs outside the walls.
    void distrust(const std::vector<std::filesystem::path>& places);

    /// A script of this run, which the others, and their compilers, may not read. Before any of them is compiled; one
    /// that comes later is not seen by those that run already, either.
    void add_script(const std::filesystem::path& script, const Confinement& confinement);

    /// As they are now: those that are added later are not in it.
    std::shared_ptr<const KnownScripts> known_scripts() const { return scripts_; }

    /// Whether a script has been started: there may be ticks that others should not disturb.
    bool has_started() const { return has_started_; }

    Tier tier() const { return trial_.tier; }
    const std::vector<std::string>& lacks() const { return trial_.lacks; }

    /// Adds to a script's order what holds it: mounts, filter, limits. Returns the launcher that is to start it.
    /// Throws LaunchError for a script that cannot be held.
    Launcher& hold(LaunchOrder& order, const Runnable& runnable, const Confinement& confinement);
    /// The same for a command of the user's own: its limits, no walls.
    Launcher& hold(LaunchOrder& order, const Confinement& confinement);
    /// The same for a compiler: it sees what the command reads, may write in its folder, and may start programs.
    Launcher& hold_compiler(LaunchOrder& order, const Command& command, Limits limits);

    /// To be called when a number of scripts has been started. Whose language's scripts were started from nothing the
    /// second time has an interpreter started, in the background; hold() takes it when it is ready. Not the first time:
    /// most matches start their scripts once, and it costs 0.1 s of CPU time.
    void begin_warm_starts();
    /// Of this kind too, though none was started a second time yet. Nobody waits for it.
    void begin_warm_start(const Language& language, Trust trust);
    /// Starts one now and waits for it. False where there will be none: the sandbox is off, the language has no such
    /// thing, or it does not work.
    bool warm_up(const Language& language, Trust trust, std::chrono::milliseconds patience);

    /// Whether a script so held could see `path` at all.
    static bool shows(const LaunchOrder& order, const std::filesystem::path& path);

    boost::asio::io_context& io() { return io_; }

private:
    std::shared_ptr<const std::vector<sock_filter>> filter(bool processes, bool writes, bool shared_columns);
    Launcher& plain();
    void add_language(LaunchOrder& order, const Language& language);
    void hide_others(LaunchOrder& order, const std::filesystem::path& script);
    bool is_distrusted(const std::filesystem::path& folder) const;

    boost::asio::io_context& io_;
    SandboxMode mode_;
    bool tells_opens_ = false;
    bool has_started_ = false;
    TierNeeds needs_;
    TierTrial trial_;
    std::unique_ptr<Launcher> plain_;  // made when somebody is trusted
    std::map<std::array<bool, 3>, std::shared_ptr<const std::vector<sock_filter>>> filters_;
    std::map<const Language*, std::vector<Mount>> languages_;
    std::vector<std::filesystem::path> distrusted_;
    std::shared_ptr<KnownScripts> scripts_ = std::make_shared<KnownScripts>();
    WarmStarts::Warn warn_;
    std::set<std::filesystem::path> too_large_;  // folders that were told of
    WarmStarts warm_;
    std::set<std::pair<const Language*, Trust>> started_cold_;  // since the last begin_warm_starts()
    std::set<std::pair<const Language*, Trust>> started_before_;
};

}  // namespace dragoman
