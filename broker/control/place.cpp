#include "broker/control/place.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>

namespace dragoman {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const fs::path& path, const std::string& why, const char* code = "no_socket") {
    throw ControlError{code, path.string() + ": " + why};
}

/// What stands behind a socket's name until somebody listens: one that refuses would be taken for a dead run's.
constexpr char unready_mark = '~';

sockaddr_un address_of(const fs::path& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string text = path.string();
    constexpr std::size_t longest = sizeof address.sun_path - 2;  // a zero, and the mark
    if (text.size() > longest + (text.back() == unready_mark ? 1 : 0))
        refuse(path, "a socket's path may have " + std::to_string(longest) + " bytes, this has " +
                         std::to_string(text.size()));
    std::memcpy(address.sun_path, text.data(), text.size());
    return address;
}

Descriptor new_socket(const fs::path& path) {
    Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket) refuse(path, std::strerror(errno));
    return socket;
}

/// 0 or the error's number. EAGAIN: somebody listens, but takes nobody in just now.
int try_connect(const Descriptor& socket, const sockaddr_un& address) {
    int result = 0;
    do result = ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
    while (result != 0 && errno == EINTR);
    return result == 0 ? 0 : errno;
}

enum class Found { nothing, living, dead, other };

Found look_at(const fs::path& path) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) return Found::nothing;
    if (!S_ISSOCK(status.st_mode)) return Found::other;
    const int error = try_connect(new_socket(path), address_of(path));
    return error == ECONNREFUSED ? Found::dead : error == ENOENT ? Found::nothing : Found::living;
}

/// Why a folder cannot hold sockets of this user alone; empty where it can.
std::string why_unsafe(const fs::path& folder) {
    struct stat status {};
    if (::lstat(folder.c_str(), &status) != 0) return std::strerror(errno);
    if (!S_ISDIR(status.st_mode)) return "is no folder";
    if (status.st_uid != ::geteuid()) return "belongs to another user";
    if ((status.st_mode & 077) != 0) return "is open to others (chmod 700 " + folder.string() + ")";
    return {};
}

bool is_folder(const fs::path& path) {
    std::error_code error;
    return fs::is_directory(path, error);
}

}  // namespace

ControlPlace::ControlPlace(const fs::path& path) : path_(path) {
    if (path_.empty()) refuse(path_, "a socket needs a name");
    address_of(path_);
    const fs::path unready = path_.string() + unready_mark;
    const sockaddr_un address = address_of(unready);
    switch (look_at(path_)) {
        case Found::living:
            refuse(path_, "a run listens there already", "in_use");
        case Found::other:
            refuse(path_, "there is something else than a socket");
        case Found::dead:
            ::unlink(path_.c_str());
            break;
        case Found::nothing:
            break;
    }
    if (look_at(unready) == Found::dead) ::unlink(unready.c_str());
    listener_ = new_socket(path_);
    const mode_t before = ::umask(0177);
    const bool is_bound = ::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    const int error = errno;
    ::umask(before);
    if (!is_bound) refuse(path_, std::strerror(error));
    struct stat status {};
    if (::lstat(unready.c_str(), &status) == 0) {
        device_ = status.st_dev;
        inode_ = status.st_ino;
    }
    if (::listen(listener_.get(), SOMAXCONN) == 0 && ::rename(unready.c_str(), path_.c_str()) == 0) return;
    const int failed = errno;
    ::unlink(unready.c_str());
    refuse(path_, std::strerror(failed));
}

ControlPlace::ControlPlace(ControlPlace&& other) noexcept
    : path_(std::exchange(other.path_, {})),
      listener_(std::move(other.listener_)),
      device_(other.device_),
      inode_(other.inode_) {}

ControlPlace::~ControlPlace() {
    struct stat status {};
    if (path_.empty() || ::lstat(path_.c_str(), &status) != 0) return;
    if (status.st_dev == device_ && status.st_ino == inode_) ::unlink(path_.c_str());
}

std::vector<fs::path> control_folders() {
    if (const char* only = std::getenv("DRAGOMAN_CONTROL"); only != nullptr && *only != '\0') return {only};
    std::vector<fs::path> folders;
    const char* runtime = std::getenv("XDG_RUNTIME_DIR");
    if (runtime != nullptr && *runtime == '/' && is_folder(runtime)) folders.push_back(fs::path(runtime) / "dragoman");
    folders.push_back("/tmp/dragoman-" + std::to_string(::geteuid()));
    return folders;
}

ControlPlace usual_control_place() {
    find_runs();  // what dead ones left goes
    std::string problems;
    const std::string file = std::to_string(::getpid()) + ".sock";
    for (const fs::path& folder : control_folders()) {
        try {
            const bool made = ::mkdir(folder.c_str(), 0700) == 0;
            if (!made && errno != EEXIST) refuse(folder, std::strerror(errno));
            if (const std::string why = why_unsafe(folder); !why.empty()) refuse(folder, why);
            return ControlPlace(folder / file);
        } catch (const ControlError& error) {
            (problems += problems.empty() ? "" : "; ") += error.message;
        }
    }
    throw ControlError{"no_socket", problems};
}

std::vector<FoundRun> find_runs(std::vector<std::string>* problems) {
    std::vector<FoundRun> runs;
    for (const fs::path& folder : control_folders()) {
        if (!is_folder(folder)) continue;
        if (const std::string why = why_unsafe(folder); !why.empty()) {
            if (problems != nullptr) problems->push_back(folder.string() + ": " + why);
            continue;
        }
        std::error_code error;
        for (const auto& entry : fs::directory_iterator(folder, error)) {
            const std::string name = entry.path().filename().string();
            int pid = 0;
            const auto [rest, wrong] = std::from_chars(name.data(), name.data() + name.size(), pid);
            if (wrong != std::errc{} || pid <= 0 || std::string_view(rest) != ".sock") continue;
            try {
                const Found found = look_at(entry.path());
                if (found == Found::dead) ::unlink(entry.path().c_str());
                if (found == Found::living) runs.push_back({pid, entry.path()});
            } catch (const ControlError& bad) {
                if (problems != nullptr) problems->push_back(bad.message);
            }
        }
    }
    std::sort(runs.begin(), runs.end(), [](const FoundRun& a, const FoundRun& b) { return a.pid < b.pid; });
    return runs;
}

Descriptor connect_control(const fs::path& path) {
    const sockaddr_un address = address_of(path);
    Descriptor socket = new_socket(path);
    switch (const int error = try_connect(socket, address)) {
        case 0:
            return socket;
        case ENOENT:
            refuse(path, "there is no such socket", "no_run");
        case ECONNREFUSED: {
            struct stat status {};
            const bool is_socket = ::lstat(path.c_str(), &status) == 0 && S_ISSOCK(status.st_mode);
            if (is_socket && status.st_uid == ::geteuid()) ::unlink(path.c_str());
            refuse(path, is_socket ? "its run has ended" : "is no socket", "no_run");
        }
        case EAGAIN:
            refuse(path, "its run does not answer", "no_answer");
        default:
            refuse(path, std::strerror(error), "no_run");
    }
}

}  // namespace dragoman
