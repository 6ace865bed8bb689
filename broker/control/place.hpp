#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "broker/control/target.hpp"
#include "broker/launch/descriptor.hpp"

namespace dragoman {

/// A socket that clients can connect to; its file is gone with this object, unless another has taken its place.
class ControlPlace {
public:
    /// Throws ControlError. What a dead run left there is removed; anything else is left alone.
    explicit ControlPlace(const std::filesystem::path& path);
    ~ControlPlace();
    ControlPlace(ControlPlace&& other) noexcept;
    ControlPlace& operator=(ControlPlace&&) = delete;

    int listener() const { return listener_.get(); }
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
    Descriptor listener_;
    std::uint64_t device_ = 0;
    std::uint64_t inode_ = 0;
};

/// $DRAGOMAN_CONTROL alone where it is set; else $XDG_RUNTIME_DIR/dragoman, where there is such a folder, and
/// /tmp/dragoman-<uid>.
std::vector<std::filesystem::path> control_folders();
/// Where a run without --control listens: in the first folder that can be had, made and checked. Throws ControlError.
ControlPlace usual_control_place();

struct FoundRun {
    int pid;
    std::filesystem::path path;
};
/// The runs that listen in the usual folders, by pid. What dead ones left there is removed. Folders that are not this
/// user's alone are passed over, and named in `problems`.
std::vector<FoundRun> find_runs(std::vector<std::string>* problems = nullptr);

/// Throws ControlError: nobody listens there, it is no socket, it is another's.
Descriptor connect_control(const std::filesystem::path& path);

}  // namespace dragoman
