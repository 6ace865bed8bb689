#pragma once

#include <filesystem>
#include <vector>

#include "broker/systems/systems.hpp"
#include "compilers/toml_section.hpp"

namespace dragoman {

/// What a game's dragoman.toml says of its systems: the table [systems]. See docs/ecs.md.
struct SystemsManifest {
    /// In name order, which is the order in which they are declared.
    std::vector<std::filesystem::path> scripts;
    SystemsOptions options;
};

/// Reads [systems]; without it the files of the folder systems/ are meant, where there is one.
SystemsManifest read_systems(const toml::table& top, const std::filesystem::path& file, Problems& problems);

}  // namespace dragoman
