#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <variant>

#include "compilers/dependencies.hpp"

namespace dragoman {

struct Copied {
    FileStamp stamp;
    std::uint64_t size;
};
/// What it is instead of a file that can be copied: "is a folder", "is larger than 16 MiB".
struct NotCopied {
    std::string why;
    bool is_there = true;
};
/// Reading or writing has failed: "No space left on device".
struct CopyFailed {
    std::string why;
};

/// Copies a regular file of at most `most` bytes to where nothing is yet; leaves nothing behind where that fails.
/// The copy is read-only, and has a time of its own, so that what was made from the file as it is now
/// (`__pycache__`) is not taken for made from the copy.
std::variant<Copied, NotCopied, CopyFailed> copy_file(const std::filesystem::path& from,
                                                      const std::filesystem::path& to, std::uint64_t most);

}  // namespace dragoman
