#include "broker/reload/history/version_store.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <cstring>

namespace dragoman {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view prefix = "dragoman-versions-";

/// Nothing where somebody else has it, or it is not ours, or it has been removed meanwhile.
Descriptor lock(const fs::path& folder, int how) {
    Descriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    struct stat facts {};
    const bool is_ours = descriptor && ::fstat(descriptor.get(), &facts) == 0 && facts.st_uid == ::geteuid() &&
                         ::flock(descriptor.get(), how | LOCK_NB) == 0 && ::fstat(descriptor.get(), &facts) == 0 &&
                         facts.st_nlink > 0;
    return is_ours ? std::move(descriptor) : Descriptor();
}

void remove_what_dead_runs_left(const fs::path& parent) {
    std::error_code error;
    fs::directory_iterator entry(parent, error);
    for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
        if (!entry->path().filename().native().starts_with(prefix)) continue;
        std::error_code ignored;
        if (const Descriptor hold = lock(entry->path(), LOCK_EX)) fs::remove_all(entry->path(), ignored);
    }
}

/// A seat's name as one folder's: "systems/movement.py" is "systems-movement.py".
std::string as_file_name(std::string_view seat) {
    std::string name(seat.substr(0, 64));
    for (char& c : name)
        if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '.' && c != '_') c = '-';
    if (name.find_first_not_of('.') == std::string::npos) name = "seat" + name;
    return name;
}

}  // namespace

VersionStore::VersionStore(fs::path parent) {
    std::error_code error;
    if (parent.empty()) parent = fs::temp_directory_path(error);
    if (!error) parent = fs::canonical(parent, error);
    if (error) {
        why_none_ = "there is no folder for temporary files: " + error.message();
        return;
    }
    remove_what_dead_runs_left(parent);
    // Another run may take it for a dead one's before it is locked.
    for (int attempt = 0; attempt < 3 && !lock_; ++attempt) {
        std::string name = (parent / prefix).string() + "XXXXXX";
        if (::mkdtemp(name.data()) == nullptr) {
            why_none_ = "cannot make a folder in " + parent.string() + ": " + std::strerror(errno);
            return;
        }
        folder_ = name;
        lock_ = lock(folder_, LOCK_SH);
    }
    if (lock_) return;
    fs::remove_all(folder_, error);
    why_none_ = "cannot lock " + folder_.string();
    folder_.clear();
}

VersionStore::~VersionStore() {
    std::error_code ignored;
    if (!folder_.empty()) fs::remove_all(folder_, ignored);
}

std::variant<fs::path, std::string> VersionStore::folder_for(std::string_view seat) {
    if (folder_.empty()) return why_none_;
    const std::string name = as_file_name(seat);
    fs::path folder = folder_ / name;
    for (int number = 2; ::mkdir(folder.c_str(), 0755) != 0; ++number) {
        if (errno != EEXIST) return "cannot make " + folder.string() + ": " + std::strerror(errno);
        folder = folder_ / (name + "-" + std::to_string(number));
    }
    return folder;
}

}  // namespace dragoman
