#pragma once

#include <cstddef>
#include <string_view>

namespace dragoman {

/// The conversation with the broker: two descriptors that no print, library or sub-process of the script can reach.
class Channel {
public:
    /// Moves the conversation away from 0 and 1 (docs/protocol.md, section 2). The process's first instructions.
    Channel();
    ~Channel();
    Channel(const Channel&) = delete;
    Channel& operator=(const Channel&) = delete;

    struct Line {
        char* begin = nullptr;  ///< null at end of file
        char* end = nullptr;    ///< holds a NUL instead of the line end
    };
    /// The next whole line. Valid until the next call.
    Line read_line();
    /// Whether it has come already, so that read_line() need not read.
    bool has_line() const;
    /// On which lines come: for poll().
    int descriptor() const { return in_; }

    /// Writes everything, in one system call where it fits. False when nobody reads any more.
    bool write(std::string_view bytes);

private:
    bool fill();
    void make_room();
    void resize(std::size_t capacity);
    void end_plain_line() const;

    int in_ = 0;
    int out_ = 1;
    bool shares_stdout_ = true;  ///< without DRAGOMAN_OUTPUT plain output and commands go the same way
    char* buffer_ = nullptr;
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

}  // namespace dragoman
