#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace dragoman {

/// XXH3 with 128 bits: no proof against an attacker, and none is needed. A cache belongs to one user, and every
/// key holds the script's path, so that forging one gains no more than writing that script does.
class ContentHash {
public:
    ContentHash();
    ~ContentHash();
    ContentHash(const ContentHash&) = delete;
    ContentHash& operator=(const ContentHash&) = delete;

    /// Each part counts with its length: "ab" + "c" is not "a" + "bc".
    void add(std::string_view part);
    void add(std::int64_t number);
    /// 32 hexadecimal digits.
    std::string hex() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

std::string hash_of(std::string_view bytes);
/// Of a regular file's bytes; nothing where it cannot be read.
std::optional<std::string> hash_of_file(const std::filesystem::path& file);
std::optional<std::string> bytes_of_file(const std::filesystem::path& file);

}  // namespace dragoman
