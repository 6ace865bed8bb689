#include "lines.hpp"

#include <unistd.h>
#include <algorithm>
#include <cstring>

namespace dragoman {

Lines::Lines(int descriptor, std::string_view already_read) : descriptor_(descriptor) {
    make_room(std::max(already_read.size(), chunk));
    std::memcpy(bytes_.get(), already_read.data(), already_read.size());
    end_ = already_read.size();
}

std::optional<std::string_view> Lines::next() {
    const char* start = bytes_.get();
    const auto* line_end = static_cast<const char*>(std::memchr(start + scanned_, '\n', end_ - scanned_));
    if (!line_end) {
        scanned_ = end_;
        return std::nullopt;
    }
    const std::string_view line(start + begin_, static_cast<std::size_t>(line_end - start) - begin_);
    begin_ = scanned_ = static_cast<std::size_t>(line_end - start) + 1;
    return line;
}

std::ptrdiff_t Lines::read_more() {
    make_room(chunk);
    const auto count = ::read(descriptor_, bytes_.get() + end_, capacity_ - end_);
    if (count > 0) end_ += static_cast<std::size_t>(count);
    return count;
}

void Lines::make_room(std::size_t bytes) {
    if (begin_ == end_) begin_ = scanned_ = end_ = 0;
    if (capacity_ - end_ >= bytes) return;
    const std::size_t kept = end_ - begin_;
    if (capacity_ < kept + bytes) {
        const std::size_t capacity = std::max(2 * capacity_, kept + bytes);
        auto larger = std::make_unique<char[]>(capacity + simdjson::SIMDJSON_PADDING);
        if (kept > 0) std::memcpy(larger.get(), bytes_.get() + begin_, kept);
        bytes_ = std::move(larger);
        capacity_ = capacity;
    } else {
        std::memmove(bytes_.get(), bytes_.get() + begin_, kept);
    }
    scanned_ -= begin_;
    begin_ = 0;
    end_ = kept;
}

}  // namespace dragoman
