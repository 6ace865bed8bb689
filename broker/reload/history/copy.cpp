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

/// All of a file that has no more than `most` bytes; nullptr where it cannot be had.
std::shared_ptr<const std::string> read_all(int file, std::uint64_t most) {
    std::string bytes(static_cast<std::size_t>(most) + 1, '\0');
    std::size_t size = 0;
    while (size < bytes.size()) {
        const ssize_t count = ::pread(file, bytes.data() + size, bytes.size() - size, static_cast<off_t>(size));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return nullptr;
        if (count == 0) {
            bytes.resize(size);
            bytes.shrink_to_fit();
            return std::make_shared<const std::string>(std::move(bytes));
        }
        size += static_cast<std::size_t>(count);
    }
    return nullptr;  // it grows
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

Descriptor make_file(const std::filesystem::path& place) {
    return Descriptor(::open(place.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
}

bool finish_file(int file, mode_t mode) {
    const std::array<timespec, 2> times{no_time, no_time};
    return ::fchmod(file, mode) == 0 && ::futimens(file, times.data()) == 0;
}

}  // namespace

std::variant<Copied, NotCopied, CopyFailed> copy_file(const std::filesystem::path& from,
                                                      const std::filesystem::path& to, const CopyLimits& limits) {
    // Not blocking: opening a pipe that nobody writes to would wait for ever.
    const Descriptor source(::open(from.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!source && (errno == ENOENT || errno == ENOTDIR)) return NotCopied{"is not there", false};
    if (!source) return CopyFailed{"cannot be read: " + std::string(std::strerror(errno))};
    struct stat facts {};
    if (::fstat(source.get(), &facts) != 0) return CopyFailed{std::strerror(errno)};
    if (!S_ISREG(facts.st_mode)) return NotCopied{S_ISDIR(facts.st_mode) ? "is a folder" : "is not a regular file"};
    const auto large = static_cast<std::uint64_t>(facts.st_size);
    if (large > limits.file) return too_large(limits.file);

    // As it was opened: what is written to it from now on changes its stamp.
    Copied copied{{facts.st_size, static_cast<std::int64_t>(facts.st_ino),
                   std::int64_t{facts.st_ctim.tv_sec} * 1'000'000'000 + facts.st_ctim.tv_nsec},
                  large,
                  static_cast<mode_t>(0444 | (facts.st_mode & 0111)),
                  nullptr};
    if (large <= limits.memory && (copied.bytes = read_all(source.get(), large)) != nullptr) {
        copied.size = copied.bytes->size();
        return copied;
    }
    const Descriptor copy = make_file(to);
    if (!copy) return CopyFailed{"cannot be copied to " + to.string() + ": " + std::strerror(errno)};
    auto written = copy_bytes(source.get(), copy.get(), limits.file);
    const auto* const size = std::get_if<std::uint64_t>(&written);
    const bool done = size != nullptr && *size <= limits.file && finish_file(copy.get(), copied.mode);
    const int error = errno;
    if (done) {
        copied.size = *size;
        return copied;
    }
    ::unlink(to.c_str());
    if (size != nullptr && *size > limits.file) return too_large(limits.file);
    const auto* const failed = std::get_if<CopyFailed>(&written);
    return CopyFailed{"cannot be copied to " + to.string() + ": " +
                      (failed != nullptr ? failed->why : std::string(std::strerror(error)))};
}

std::string write_copy(const Copied& copy, const std::filesystem::path& to) {
    const Descriptor file = make_file(to);
    if (file && write_all(file.get(), *copy.bytes) && finish_file(file.get(), copy.mode)) return {};
    return "cannot make " + to.string() + ": " + std::strerror(errno);
}

}  // namespace dragoman
