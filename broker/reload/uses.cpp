#include "broker/reload/uses.hpp"

namespace dragoman {

namespace fs = std::filesystem;

void Uses::set(std::size_t seat, const std::vector<fs::path>& files) {
    if (const auto before = seats_.find(seat); before != seats_.end()) {
        for (const fs::path& name : before->second.names) {
            const auto users = users_.find(name);
            users->second.erase(seat);
            if (users->second.empty()) users_.erase(users);
        }
        seats_.erase(before);
    }
    if (files.empty()) return;
    Seat now;
    std::set<fs::path> called;
    for (const fs::path& file : files) {
        const fs::path name = file.lexically_normal();
        if (!called.insert(name).second) continue;
        now.files.push_back(name);
        now.names.insert(name);
        if (real_) now.names.insert(real_(name));
    }
    for (const fs::path& name : now.names) users_[name].insert(seat);
    seats_.emplace(seat, std::move(now));
}

std::vector<std::size_t> Uses::users_of(const fs::path& file) const {
    std::set<std::size_t> seats;
    const auto add = [&](const fs::path& name) {
        if (const auto users = users_.find(name); users != users_.end())
            seats.insert(users->second.begin(), users->second.end());
    };
    const fs::path name = file.lexically_normal();
    add(name);
    if (real_) add(real_(name));
    return {seats.begin(), seats.end()};
}

const std::vector<fs::path>& Uses::files_of(std::size_t seat) const {
    static const std::vector<fs::path> none;
    const auto found = seats_.find(seat);
    return found == seats_.end() ? none : found->second.files;
}

fs::path real_path(const fs::path& file) {
    std::error_code error;
    const fs::path full = fs::absolute(file, error).lexically_normal();
    const fs::path real = fs::weakly_canonical(full, error);
    return error ? full : real;
}

}  // namespace dragoman
