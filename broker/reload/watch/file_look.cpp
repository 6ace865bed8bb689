#include "broker/reload/watch/file_look.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <tuple>

namespace dragoman::watch {

namespace {

std::int64_t nanoseconds(const timespec& time) { return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec; }

}  // namespace

bool FileLook::has_same_content(const FileLook& other) const {
    const auto all = [](const FileLook& look) {
        return std::tie(look.kind, look.readable, look.device, look.inode, look.size, look.modified);
    };
    return all(*this) == all(other);
}

FileLook look_at(const std::string& path) {
    FileLook look;
    struct stat found {};
    if (::lstat(path.c_str(), &found) != 0) {
        // What cannot be looked at is there for all we know; who opens it is told why he may not.
        if (errno != ENOENT && errno != ENOTDIR) look.kind = FileLook::Kind::Other;
        return look;
    }
    look.is_link = S_ISLNK(found.st_mode);
    if (look.is_link && ::stat(path.c_str(), &found) != 0) {
        look.kind = FileLook::Kind::Dangling;
        return look;
    }
    look.device = found.st_dev;
    look.inode = found.st_ino;
    if (S_ISDIR(found.st_mode)) {
        look.kind = FileLook::Kind::Folder;
        return look;
    }
    look.kind = S_ISREG(found.st_mode) ? FileLook::Kind::File : FileLook::Kind::Other;
    look.has_more_names = found.st_nlink > 1;
    look.readable = found.st_mode & (S_IRUSR | S_IRGRP | S_IROTH);
    look.size = found.st_size;
    look.modified = nanoseconds(found.st_mtim);
    look.changed = nanoseconds(found.st_ctim);
    return look;
}

}  // namespace dragoman::watch
