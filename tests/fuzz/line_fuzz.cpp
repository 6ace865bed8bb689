// However a stream is cut into chunks, the lines that come out are those that a naive reader of the whole stream sees.

#include <fuzzer/FuzzedDataProvider.h>

#include <string>
#include <vector>

#include "protocol/format.hpp"
#include "protocol/line.hpp"
#include "tests/fuzz/require.hpp"

using namespace dragoman;

namespace {

struct Seen {
    LineKind kind;
    std::string text;
    bool operator==(const Seen&) const = default;
};

constexpr std::size_t beginning = 200;  // what is kept of a message past the limit

/// A tail of '\r' of a line that went out in fragments may stay or go.
std::string trimmed(std::string text) {
    if (text.size() + 1 >= format::longest_output_piece)
        while (text.ends_with('\r')) text.pop_back();
    return text;
}

Seen read_line(std::string text, bool first, std::size_t longest) {
    if (text.ends_with('\r')) text.pop_back();
    if (first && text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
    if (!begins_with_header(text)) return {LineKind::output, trimmed(text)};
    if (text.size() > longest) return {LineKind::too_long, text.substr(0, beginning)};
    return {LineKind::message, text};
}

std::vector<Seen> naive(const std::string& stream, std::size_t longest) {
    std::vector<Seen> lines;
    std::size_t at = 0;
    while (at < stream.size()) {
        const std::size_t end = stream.find('\n', at);
        lines.push_back(read_line(stream.substr(at, end - at), at == 0, longest));
        if (end == std::string::npos) break;
        at = end + 1;
    }
    return lines;
}

/// Puts the fragments of a line together again.
struct Collector {
    std::vector<Seen> lines;
    std::string fragments;
    void add(const Line& line) {
        if (line.kind == LineKind::fragment) {
            fragments += line.text;
            return;
        }
        std::string text = fragments + std::string(line.text);
        fragments.clear();
        lines.push_back({line.kind, line.kind == LineKind::output ? trimmed(text) : text});
    }
    void end() {
        if (!fragments.empty()) lines.push_back({LineKind::output, trimmed(fragments)});
    }
};

/// Fuzzed bytes are few; lines are long. \x01 and a count stand for that many of the byte before.
std::string stretched(const std::string& bytes) {
    std::string stream;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (bytes[i] == '\x01' && i + 1 < bytes.size() && !stream.empty() && stream.size() < (1U << 18))
            stream.append(static_cast<std::size_t>(static_cast<unsigned char>(bytes[++i])) * 97, stream.back());
        else
            stream += bytes[i];
    }
    return stream;
}

/// What a cut may still change. The splitter knows a header by the first 256 bytes of a line that it has to keep: a
/// longer one may turn to output, and so may one behind a byte order mark, once the line is past what is kept of
/// output; the mark itself stays on a first line that goes out in fragments.
bool is_odd(const std::string& stream) {
    if (stream.starts_with("\xEF\xBB\xBF") && stream.find('\n') + 1 > format::longest_output_piece) return true;
    if (stream.starts_with("\xEF\xBB\xBF") && stream.find('\n') == std::string::npos) return true;
    std::size_t run = 0;
    for (const char c : stream) {
        run = (c >= 'a' && c <= 'z') || c == '_' ? run + 1 : 0;
        if (run > 200) return true;
    }
    return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    FuzzedDataProvider data(bytes, size);
    const auto longest = data.ConsumeIntegralInRange<std::size_t>(300, 40'000);
    std::vector<std::size_t> cuts(data.ConsumeIntegralInRange<std::size_t>(0, 16));
    for (std::size_t& cut : cuts) cut = data.ConsumeIntegral<std::uint16_t>();
    const std::string stream = stretched(data.ConsumeRemainingBytesAsString());

    LineSplitter splitter(longest);
    Collector collector;
    Line line;
    std::size_t at = 0;
    for (std::size_t turn = 0; at < stream.size(); ++turn) {
        // Many small chunks of a long stream take long: the splitter looks at an unfinished line's header each time.
        const std::size_t least = 1 + stream.size() / 1000;
        const std::size_t length = cuts.empty() ? stream.size() : least + cuts[turn % cuts.size()] % 20'000;
        std::string chunk = stream.substr(at, length);
        at += chunk.size();
        const std::size_t whole = chunk.size();
        chunk.append(LineSplitter::padding, 'p');
        splitter.push(std::string_view(chunk).substr(0, whole));
        while (splitter.next(line)) collector.add(line);
        require(splitter.pending() <= longest + format::longest_output_piece + whole, "more is kept than may be");
    }
    if (splitter.finish(line)) collector.add(line);
    collector.end();
    if (!is_odd(stream)) require(collector.lines == naive(stream, longest), "other lines than a naive reader sees");
    return 0;
}
