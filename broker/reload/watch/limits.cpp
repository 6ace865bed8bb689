#include "broker/reload/watch/limits.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace dragoman::watch {

namespace {

constexpr std::size_t most_named = 10;

/// `limit`: a name below /proc/sys/fs/inotify.
std::string advice(const std::string& limit) {
    long value = 0;
    std::ifstream("/proc/sys/fs/inotify/" + limit) >> value;
    const std::string name = "fs.inotify." + limit;
    if (value <= 0) return "see the limit " + name;
    return name + " is " + std::to_string(value) + "; allow more with: sudo sysctl -w " + name + "=" +
           std::to_string(2 * value);
}

/// The same errno tells of a limit of this process's own.
bool has_descriptors_left() {
    const int copy = ::dup(STDERR_FILENO);
    if (copy < 0) return errno != EMFILE;
    ::close(copy);
    return true;
}

std::string open_files() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    return "this process may have " + std::to_string(limit.rlim_cur) + " open files; allow more with: ulimit -n " +
           std::to_string(2 * limit.rlim_cur);
}

std::string listed(const std::vector<std::string>& folders) {
    std::string text;
    for (std::size_t i = 0; i < folders.size() && i < most_named; ++i) text += (i ? ", " : "") + folders[i];
    if (folders.size() > most_named) text += " and " + std::to_string(folders.size() - most_named) + " more";
    return text;
}

}  // namespace

std::string cannot_start(int error) {
    std::string why = std::strerror(error);
    if (error == EMFILE)
        why = has_descriptors_left() ? "this user's programs have all the inotify instances that they may have (" +
                                           advice("max_user_instances") + ")"
                                     : open_files();
    return "saved files are not noticed: " + why;
}

std::string cannot_watch(int error, const std::vector<std::string>& folders) {
    std::string why = std::strerror(error);
    if (error == ENOSPC)
        why = "this user's programs watch as many files and folders as they may (" + advice("max_user_watches") + ")";
    return "what is saved in these folders is not noticed: " + listed(folders) + ": " + why;
}

std::string no_such_path(const std::string& path) {
    return "\"" + path + "\" cannot be watched: there is no such path";
}

std::string too_many(const std::vector<std::string>& folders) {
    return "what is saved in these folders is not noticed, since there are too many or they lie too deep: " +
           listed(folders);
}

}  // namespace dragoman::watch
