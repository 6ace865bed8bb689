#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace dragoman {

/// What a line is before anybody has looked at its JSON.
enum class LineKind {
    message,   // begins with __name__; `text` is the whole line
    output,    // a whole line that is none of ours
    fragment,  // a piece of a long line of output; the rest follows
    too_long,  // a message past the limit; `text` is its beginning, the rest is skipped
};

struct Line {
    LineKind kind;
    /// Without its line end. Valid until the splitter is touched again. `padding` bytes behind it may be read.
    std::string_view text;
};

/// Cuts a byte stream into lines. Knows nothing of file descriptors: the caller pushes whatever it has read and pulls
/// lines out. Bytes that end inside a line are kept; of output at most format::longest_output_piece, of a message at
/// most `longest`.
class LineSplitter {
public:
    /// Readable bytes that must stand behind what is pushed, and stand behind what comes out (simdjson reads past the
    /// end).
    static constexpr std::size_t padding = 64;

    explicit LineSplitter(std::size_t longest) : longest_(longest) {}

    /// `bytes` must stay valid, and be followed by `padding` readable ones, until next() has returned false.
    void push(std::string_view bytes) { fresh_ = bytes; }
    /// The next line, or false when all of what was pushed is used up.
    bool next(Line& line);
    /// What stood unfinished at the end of the stream, as a last line.
    bool finish(Line& line);
    std::size_t longest() const { return longest_; }
    /// Of lines that end from now on.
    void set_longest(std::size_t longest) { longest_ = longest; }
    /// Bytes kept of an unfinished line.
    std::size_t pending() const { return kept_.size(); }

private:
    bool emit(std::string_view text, Line& line);
    bool keep(std::string_view text, Line& line);

    std::string_view fresh_;
    std::string kept_;  // an unfinished line, without `padding`
    std::size_t longest_;
    bool used_kept_ = false;  // the last line came out of kept_: drop it at the next call
    bool skipping_ = false;   // inside a message past the limit
    bool in_output_ = false;  // inside a line of output of which a fragment went out already
    bool at_start_ = true;    // nothing of the stream was seen yet: a byte order mark may come
};

/// True when `text` begins with __name__ in lower-case letters followed by the end or anything that is not part of a
/// word.
bool begins_with_header(std::string_view text);

}  // namespace dragoman
