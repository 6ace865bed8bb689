#include "broker/sandbox/mounts.hpp"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <set>

#include "broker/launch/system_places.hpp"

namespace dragoman {

namespace fs = std::filesystem;

bool is_system(const fs::path& path) {
    return std::any_of(std::begin(launch::system_places), std::end(launch::system_places),
                       [&](const char* place) { return is_under(path, place); });
}

bool is_under(const fs::path& path, const fs::path& folder) {
    const std::string& inner = path.native();
    const std::string& outer = folder.native();
    return inner.starts_with(outer) && (inner.size() == outer.size() || outer == "/" || inner[outer.size()] == '/');
}

void show(std::vector<Mount>& mounts, const fs::path& path, char kind) {
    std::error_code error;
    const fs::path source = fs::canonical(path, error);
    if (error) return;
    mounts.push_back({kind, path.lexically_normal(), source});
    // A link to it inside another place that is shown leads to where it really is.
    if (fs::is_symlink(path, error)) mounts.back().target = source;
}

void expect_open_link(const fs::path& script) {
    std::error_code error;
    if (!fs::is_symlink(script, error)) return;
    const fs::path target = fs::canonical(script, error);
    if (error || is_under(target, fs::canonical(script.parent_path(), error))) return;
    if ((fs::status(target, error).permissions() & fs::perms::others_read) != fs::perms::none) return;
    throw LaunchError("it is a link to " + target.string() +
                      ", which not everybody may read: the sandbox would show it to a script (chmod o+r, or copy it)");
}

void show_link_targets(std::vector<Mount>& mounts, const fs::path& folder) {
    std::set<fs::path> targets;
    std::error_code error;
    for (auto entry = fs::recursive_directory_iterator(folder, error); entry != fs::recursive_directory_iterator();
         entry.increment(error)) {
        if (error) break;
        std::error_code ignored;
        if (!entry->is_symlink(ignored)) continue;
        const fs::path target = fs::canonical(entry->path(), ignored);
        if (!ignored && !is_under(target, folder))
            targets.insert(fs::is_directory(target) ? target : target.parent_path());
    }
    for (const fs::path& target : targets) mounts.push_back({launch::mount_kind::read_if_there, target, target});
}

void show_program(std::vector<Mount>& mounts, const fs::path& program) {
    std::error_code error;
    const fs::path file = fs::canonical(program, error);
    if (error) return;
    if (is_system(file)) return;
    const fs::path folder = file.parent_path();
    const char* const home = std::getenv("HOME");
    const bool is_prefix = folder.filename() == "bin" && folder.parent_path() != "/" &&
                           (home == nullptr || folder.parent_path() != fs::path(home)) &&
                           fs::is_directory(folder.parent_path() / "lib", error);
    show(mounts, is_prefix ? folder.parent_path() : file, launch::mount_kind::read_if_there);
    if (program != file) mounts.push_back({launch::mount_kind::read_if_there, program, file});
}

void show_self(std::vector<Mount>& mounts, const fs::path& program) {
    std::error_code error;
    const fs::path file = fs::canonical(program, error);
    if (!error) mounts.push_back({launch::mount_kind::link, "/proc/self/exe", file});
}

void put_in_order(std::vector<Mount>& mounts) {
    const auto rank = [](const Mount& mount) {  // writing wins over reading, and some entries over all
        return mount.kind == launch::mount_kind::write ? 0 : mount.kind == launch::mount_kind::folder ? 1 : 2;
    };
    std::stable_sort(mounts.begin(), mounts.end(), [&](const Mount& a, const Mount& b) {
        const bool a_hides = a.kind == launch::mount_kind::mask;
        const bool b_hides = b.kind == launch::mount_kind::mask;
        if (a_hides != b_hides) return b_hides;
        return a.target == b.target ? rank(a) < rank(b) : a.target < b.target;
    });
    mounts.erase(
        std::unique(mounts.begin(), mounts.end(), [](const Mount& a, const Mount& b) { return a.target == b.target; }),
        mounts.end());
}

}  // namespace dragoman
