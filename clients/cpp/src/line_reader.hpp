// Cuts what the broker says into lines, in one buffer that is used again and again; nothing is copied that need not be.
#pragma once
#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace dragoman {

class LineReader {
public:
    /// The next line without its end, or one with a null data() at the end of the conversation. It is valid until the
    /// next call (or, while the reader is pinned, until unpin()), may be written to, and is followed by readable
    /// padding.
    std::string_view next();
    /// Whether next() has a whole line without reading.
    bool has_line() const;

    /// Keeps lines read so far where they are: a scene that a script still looks at while a call is under way.
    void pin() { ++pins_; }
    void unpin();

private:
    void make_room();

    struct Buffer {
        std::unique_ptr<char[]> bytes;
        std::size_t size = 0;
    };
    Buffer buffer_;
    std::vector<Buffer> kept_;
    std::size_t begin_ = 0;  ///< of what was not handed out yet
    std::size_t end_ = 0;
    int pins_ = 0;
};

}  // namespace dragoman
