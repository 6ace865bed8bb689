#pragma once

#include <filesystem>
#include <vector>

#include "broker/launch/launcher.hpp"
#include "compilers/language.hpp"

namespace dragoman {

/// What a script is shown of the machine, beyond what all are shown (launcher/root.cpp).

/// Adds `path` as it is called, with whatever lies there now. Nothing where there is nothing.
void show(std::vector<Mount>& mounts, const std::filesystem::path& path, char kind = launch::mount_kind::read);
/// Throws LaunchError for a script that is a symbolic link out of its folder to what not everybody may read: whoever
/// made the link need not be who may read it, and what stands there would be told in error messages.
void expect_open_link(const std::filesystem::path& script);
/// Adds the folders that symbolic links in `folder` lead to: in a build tree, a client's files are links to its
/// sources.
void show_link_targets(std::vector<Mount>& mounts, const std::filesystem::path& folder);
/// Adds a program's own files where it does not lie with the system's: for /opt/lua/bin/lua, /opt/lua.
void show_program(std::vector<Mount>& mounts, const std::filesystem::path& program);
/// A sandbox has no /proc, but run times want to know who they are: /proc/self/exe is a link to `program`.
void show_self(std::vector<Mount>& mounts, const std::filesystem::path& program);
/// Outer folders first, each place once.
void put_in_order(std::vector<Mount>& mounts);

/// In what every script is shown.
bool is_system(const std::filesystem::path& path);
bool is_under(const std::filesystem::path& path, const std::filesystem::path& folder);

}  // namespace dragoman
