#include "broker/build/source.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace dragoman {

std::filesystem::path full_path(const std::filesystem::path& script) {
    std::error_code no_working_directory;
    const auto full = std::filesystem::absolute(script, no_working_directory);
    return (no_working_directory ? script : full).lexically_normal();
}

std::filesystem::path place_of(const std::filesystem::path& script) {
    const std::filesystem::path full = full_path(script);
    std::error_code not_there;
    const auto folder = std::filesystem::canonical(full.parent_path(), not_there);
    return not_there ? full : folder / full.filename();
}

std::string why_no_script(const std::filesystem::path& script) {
    struct stat facts {};
    struct stat link {};
    if (::stat(script.c_str(), &facts) != 0) {
        if (errno == ENOENT && ::lstat(script.c_str(), &link) == 0) return "is a link to a file that does not exist";
        return errno == ENOENT || errno == ENOTDIR ? "no such file" : std::strerror(errno);
    }
    if (S_ISDIR(facts.st_mode)) return "is a folder, not a script";
    if (S_ISFIFO(facts.st_mode)) return "is a pipe, not a script";
    if (!S_ISREG(facts.st_mode)) return "is not a regular file";
    if (facts.st_size == 0) return "is empty";
    const int descriptor = ::open(script.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) return "cannot be read: " + std::string(std::strerror(errno));
    ::close(descriptor);
    return {};
}

bool has_changed_since(const std::filesystem::path& folder, FileTime since) {
    constexpr int most_files = 2000;
    const auto changed = [&](const std::filesystem::path& file) {
        const auto stamp = stamp_of(file);
        return stamp && stamp->changed > since;
    };
    if (changed(folder)) return true;
    std::error_code none;
    int looked_at = 0;
    std::filesystem::recursive_directory_iterator entry(folder, none);
    for (; !none && entry != std::filesystem::recursive_directory_iterator(); entry.increment(none)) {
        if (++looked_at > most_files || changed(entry->path())) return true;
    }
    return false;
}

}  // namespace dragoman
