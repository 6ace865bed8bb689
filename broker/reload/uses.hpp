#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <vector>

namespace dragoman {

/// Which seat uses which files, and which seats use a file. Looks at no file itself.
class Uses {
public:
    /// Where a path really leads, its symbolic links followed; real_path() for the files of this machine.
    using Real = std::function<std::filesystem::path(const std::filesystem::path&)>;

    /// Without `real` a file is known only as it is called.
    explicit Uses(Real real = {}) : real_(std::move(real)) {}

    /// All that a seat uses, directly or through others, from now on: full paths. None: nothing is known of the seat.
    void set(std::size_t seat, const std::vector<std::filesystem::path>& files);
    /// The seats that use a file, as they call it or where that led when it was set; in order.
    std::vector<std::size_t> users_of(const std::filesystem::path& file) const;
    /// As they are called (lexically normal), each once, in the order in which they were given. Valid until the seat's
    /// next set().
    const std::vector<std::filesystem::path>& files_of(std::size_t seat) const;

private:
    struct Seat {
        std::vector<std::filesystem::path> files;
        std::set<std::filesystem::path> names;  // as they are called, and where that leads
    };

    Real real_;
    std::map<std::size_t, Seat> seats_;
    std::map<std::filesystem::path, std::set<std::size_t>> users_;
};

/// Full, without symbolic links as far as the path exists.
std::filesystem::path real_path(const std::filesystem::path& file);

}  // namespace dragoman
