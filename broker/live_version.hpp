#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <variant>

#include "broker/build/built.hpp"
#include "broker/plane/plane.hpp"
#include "broker/sandbox/confinement.hpp"
#include "broker/session/live_script.hpp"
#include "broker/shell_command.hpp"
#include "compilers/dependencies.hpp"

namespace dragoman {

/// One version of a script that runs, or was to: what was built, its process, and what it maps. Usually it has a seat;
/// during a reload another stands beside it.
struct LiveVersion {
    std::variant<std::filesystem::path, ShellCommand> source;
    Confinement confinement;
    std::optional<Built> built;
    std::unique_ptr<LiveScript> script;
    std::unique_ptr<Plane> plane;  // of systems
    // Before anything of it was read: when, and what its source was then.
    FileTime began = 0;
    std::optional<FileStamp> stamp;

    const Runnable* runnable() const { return built ? std::get_if<Runnable>(&*built) : nullptr; }
};

}  // namespace dragoman
