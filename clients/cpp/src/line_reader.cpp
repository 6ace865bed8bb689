#include "line_reader.hpp"

#include "channel.hpp"
#include "scan.hpp"

#include <cstring>

namespace dragoman {
namespace {
constexpr std::size_t first_size = 64 << 10;  // what a pipe holds
}

std::string_view LineReader::next() {
    std::size_t searched = begin_;
    while (true) {
        if (searched < end_) {
            char* const start = buffer_.bytes.get() + begin_;
            const void* found = std::memchr(buffer_.bytes.get() + searched, '\n', end_ - searched);
            if (found != nullptr) {
                auto length = static_cast<std::size_t>(static_cast<const char*>(found) - start);
                begin_ += length + 1;
                if (length > 0 && start[length - 1] == '\r') --length;
                start[length] = '\0';
                return {start, length};
            }
        }
        const std::size_t looked_at = end_ - begin_;
        make_room();
        searched = begin_ + looked_at;
        const std::size_t count =
            channel::read_some(buffer_.bytes.get() + end_, buffer_.size - end_ - scan::scan_padding);
        if (count == 0) return {};
        end_ += count;
    }
}

bool LineReader::has_line() const {
    return begin_ < end_ && std::memchr(buffer_.bytes.get() + begin_, '\n', end_ - begin_) != nullptr;
}

void LineReader::make_room() {
    if (begin_ == end_ && pins_ == 0) begin_ = end_ = 0;
    if (end_ + scan::scan_padding < buffer_.size) return;

    const std::size_t left = end_ - begin_;
    if (pins_ == 0 && begin_ > 0 && left + scan::scan_padding < buffer_.size) {
        std::memmove(buffer_.bytes.get(), buffer_.bytes.get() + begin_, left);
    } else {
        Buffer bigger;
        bigger.size = left + scan::scan_padding < buffer_.size / 2 ? buffer_.size : buffer_.size * 2;
        if (bigger.size == 0) bigger.size = first_size;
        bigger.bytes.reset(new char[bigger.size]);
        if (left != 0) std::memcpy(bigger.bytes.get(), buffer_.bytes.get() + begin_, left);
        if (pins_ != 0) kept_.push_back(std::move(buffer_));
        buffer_ = std::move(bigger);
    }
    begin_ = 0;
    end_ = left;
}

void LineReader::unpin() {
    if (--pins_ == 0) kept_.clear();
}

}  // namespace dragoman
