#include "broker/reload/history/copy.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "broker/launch/descriptor.hpp"

namespace dragoman {
namespace {

/// 1980-01-01, as in archives whose times tell nothing.
constexpr timespec no_time{315532800, 0};

bool write_all(int file, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::write(file, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

NotCopied too_large(std::uint64_t most) {
    return {"is larger than " + std::to_string(most >> 20) + " MiB, and used as it is"};
}

/// Ends at the end of the file, or behind `most` bytes.
std::variant<std::uint64_t, CopyFailed> copy_bytes(int from, int to, std::uint64_t most) {
    std::array<char, std::size_t{64} << 10> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init)
    std::uint64_t size = 0;
    while (size <= most) {
        const ssize_t count = ::read(from, buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return CopyFailed{std::strerror(errno)};
        if (count == 0) break;
        if (!write_all(to, {buffer.data(), static_cast<std::size_t>(count)})) return CopyFailed{std::strerror(errno)};
        size += static_cast<std::uint64_t>(count);
    }
    return size;
}

}  // namespace

std::variant<Copied, NotCopied, CopyFailed> copy_file(const std::filesystem::path& from,
                                                      const std::filesystem::path& to, std::uint64_t most) {
    // Not blocking: opening a pipe that nobody writes to would wait for ever.
    const Descriptor source(::open(from.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!source && (errno == ENOENT || errno == ENOTDIR)) return NotCopied{"is not there", false};
    if (!source) return CopyFailed{"cannot be read: " + std::string(std::strerror(errno))};
    struct stat facts {};
    if (::fstat(source.get(), &facts) != 0) return CopyFailed{std::strerror(errno)};
    if (!S_ISREG(facts.st_mode)) return NotCopied{S_ISDIR(facts.st_mode) ? "is a folder" : "is not a regular file"};
    if (static_cast<std::uint64_t>(facts.st_size) > most) return too_large(most);

    const auto mode = static_cast<mode_t>(0444 | (facts.st_mode & 0111));
    const Descriptor copy(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!copy) return CopyFailed{"cannot be copied to " + to.string() + ": " + std::strerror(errno)};
    auto copied = copy_bytes(source.get(), copy.get(), most);
    const std::array<timespec, 2> times{no_time, no_time};
    const auto* const size = std::get_if<std::uint64_t>(&copied);
    const bool done = size != nullptr && *size <= most && ::fchmod(copy.get(), mode) == 0 &&
                      ::futimens(copy.get(), times.data()) == 0;
    const int error = errno;
    if (done) {
        // As it was opened: what is written to it from now on changes its stamp.
        const FileStamp stamp{facts.st_size, static_cast<std::int64_t>(facts.st_ino),
                              std::int64_t{facts.st_ctim.tv_sec} * 1'000'000'000 + facts.st_ctim.tv_nsec};
        return Copied{stamp, *size};
    }
    ::unlink(to.c_str());
    if (size != nullptr && *size > most) return too_large(most);
    const auto* const failed = std::get_if<CopyFailed>(&copied);
    return CopyFailed{"cannot be copied to " + to.string() + ": " +
                      (failed != nullptr ? failed->why : std::string(std::strerror(error)))};
}

}  // namespace dragoman
