#pragma once
#include <filesystem>
#include <string>

#include "compilers/dependencies.hpp"

namespace dragoman {

/// Absolute and lexically normal, symbolic links kept: a link's own name and folder are the script's.
std::filesystem::path full_path(const std::filesystem::path& script);

/// Full, and symbolic links in its folder's path are followed: so a sandbox shows the folder, and a script that sees
/// its folder under another name does not find itself. Its own name is not followed.
std::filesystem::path place_of(const std::filesystem::path& script);

/// Why a file cannot be a script; empty where it can: a readable regular file with something in it.
std::string why_no_script(const std::filesystem::path& script);

/// Whether a file in the folder or below was written, made, renamed or removed after `since`.
/// Says yes as well where the folder holds too many files to look at.
bool has_changed_since(const std::filesystem::path& folder, FileTime since);

}  // namespace dragoman
