#include "broker/command/watch.hpp"

#include "broker/command/commands.hpp"

namespace dragoman::command {

void add_watch_options(CLI::App& app, WatchOptions& options) {
    app.add_flag("-w,--watch", options.watch, "a script that is saved takes over in the middle of the match");
    app.add_flag("--keep-attributes", options.keep_attributes,
                 "with --watch: scripts without hooks hand their plain data on to their next versions");
    app.add_option("--probation", options.probation,
                   "with --watch: a version that fails in its first so many ticks gives the seat back")
        ->type_name("TICKS")
        ->capture_default_str();
    app.add_option("--keep-versions", options.keep_versions, "with --watch: so many versions can be brought back")
        ->type_name("N")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    app.add_option(
           "--shadow", options.shadow,
           "with --watch: for so many ticks a new version gets what the old one gets, and what it does is compared")
        ->type_name("TICKS");
    app.add_flag("--shadow-strict", options.shadow_strict, "with --shadow: it plays only if none was different");
}

std::optional<ReloadOptions> reload_options(const WatchOptions& options) {
    if (!options.watch) {
        if (options.shadow > 0 || options.shadow_strict || options.keep_attributes)
            throw UsageError{"--shadow, --shadow-strict and --keep-attributes need --watch"};
        return std::nullopt;
    }
    if (options.shadow_strict && options.shadow == 0) throw UsageError{"--shadow-strict needs --shadow TICKS"};
    ReloadOptions reload;
    reload.probation = options.probation;
    reload.depth = options.keep_versions;
    reload.shadow = options.shadow;
    reload.shadow_strict = options.shadow_strict;
    return reload;
}

}  // namespace dragoman::command
