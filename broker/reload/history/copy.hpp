#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <variant>

#include "compilers/dependencies.hpp"

namespace dragoman {

struct Copied {
    FileStamp stamp;
    std::uint64_t size;
    mode_t mode;
    std::shared_ptr<const std::string> bytes;  // of a small file; nullptr: they are where they were to be copied to
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

struct CopyLimits {
    std::uint64_t file;    // larger ones are not copied
    std::uint64_t memory;  // larger ones go to the disk
};

/// Copies a regular file into memory, or to where nothing is yet; leaves nothing behind where that fails.
/// A copy on the disk is read-only, and has a time of its own, so that what was made from the file as it is now
/// (`__pycache__`) is not taken for made from the copy.
std::variant<Copied, NotCopied, CopyFailed> copy_file(const std::filesystem::path& from,
                                                      const std::filesystem::path& to, const CopyLimits& limits);
/// Such a copy on the disk of one in memory. What went wrong; empty where nothing did.
std::string write_copy(const Copied& copy, const std::filesystem::path& to);

}  // namespace dragoman
