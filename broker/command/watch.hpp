#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>

#include "broker/reload/reloader.hpp"

namespace dragoman::command {

/// What `dragoman run` is told about hot reload.
struct WatchOptions {
    bool watch = false;
    bool keep_attributes = false;
    std::uint64_t probation = 60;
    std::size_t keep_versions = 5;
    std::uint64_t shadow = 0;
    bool shadow_strict = false;
};

void add_watch_options(CLI::App& app, WatchOptions& options);
/// Nothing where nobody asked for it. Throws UsageError.
std::optional<ReloadOptions> reload_options(const WatchOptions& options);

}  // namespace dragoman::command
