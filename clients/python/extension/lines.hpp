#pragma once

#include <simdjson.h>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace dragoman {

/// Whole lines from a descriptor, each followed by the bytes that simdjson wants to be able to read.
class Lines {
public:
    Lines(int descriptor, std::string_view already_read);

    /// The next line without its end, from what has been read; valid until read_more().
    std::optional<std::string_view> next();

    /// Blocks. What read() returned: 0 at the end of file, -1 with errno set.
    std::ptrdiff_t read_more();

private:
    static constexpr std::size_t chunk = std::size_t{1} << 16;

    void make_room(std::size_t bytes);

    int descriptor_;
    std::size_t capacity_ = 0;
    std::unique_ptr<char[]> bytes_;
    std::size_t begin_ = 0;    // of the next line
    std::size_t scanned_ = 0;  // no line end between begin_ and here
    std::size_t end_ = 0;
};

}  // namespace dragoman
