#include "compilers/content_hash.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace dragoman {

struct ContentHash::State {
    XXH3_state_t hash;
};

ContentHash::ContentHash() : state_(std::make_unique<State>()) { XXH3_128bits_reset(&state_->hash); }
ContentHash::~ContentHash() = default;

void ContentHash::add(std::string_view part) {
    add(static_cast<std::int64_t>(part.size()));
    XXH3_128bits_update(&state_->hash, part.data(), part.size());
}

void ContentHash::add(std::int64_t number) { XXH3_128bits_update(&state_->hash, &number, sizeof number); }

std::string ContentHash::hex() const {
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(&state_->hash));
    std::string digits;
    for (const unsigned char byte : canonical.digest) {
        digits += "0123456789abcdef"[byte >> 4];
        digits += "0123456789abcdef"[byte & 15];
    }
    return digits;
}

std::string hash_of(std::string_view bytes) {
    ContentHash hash;
    hash.add(bytes);
    return hash.hex();
}

std::optional<std::string> bytes_of_file(const std::filesystem::path& file) {
    // Not blocking: opening a pipe that nobody writes to would wait for ever.
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) return std::nullopt;
    std::optional<std::string> bytes;
    struct stat facts {};
    if (::fstat(descriptor, &facts) == 0 && S_ISREG(facts.st_mode)) {
        bytes.emplace();
        std::size_t filled = 0;
        bytes->resize(static_cast<std::size_t>(facts.st_size) + 1);  // one more: the last read then finds the end
        for (;;) {
            const auto got = ::read(descriptor, bytes->data() + filled, bytes->size() - filled);
            if (got < 0 && errno == EINTR) continue;
            if (got < 0) bytes.reset();
            if (got <= 0) break;
            filled += static_cast<std::size_t>(got);
            if (filled == bytes->size()) bytes->resize(2 * filled + 4096);
        }
        if (bytes) bytes->resize(filled);
    }
    ::close(descriptor);
    return bytes;
}

std::optional<std::string> hash_of_file(const std::filesystem::path& file) {
    const auto bytes = bytes_of_file(file);
    return bytes ? std::optional(hash_of(*bytes)) : std::nullopt;
}

}  // namespace dragoman
