#include "protocol/line.hpp"

#include <algorithm>
#include <cstring>

#include "protocol/format.hpp"

namespace dragoman {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

bool in_a_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// False as soon as `text` can no longer become a line that begins with a header.
bool may_be_message(std::string_view text) {
    return text.substr(0, 2) == std::string_view("__").substr(0, text.size());
}

}  // namespace

bool begins_with_header(std::string_view text) {
    if (text.size() < 5 || text[0] != '_' || text[1] != '_') return false;
    std::size_t end = 2;
    const std::size_t last = std::min(text.size(), format::longest_header + 1);
    while (end < last && in_a_word(text[end])) ++end;
    const std::string_view word = text.substr(0, end);
    if (word.size() < 5 || word.size() > format::longest_header || !word.ends_with("__")) return false;
    for (const char c : word)
        if (c != '_' && (c < 'a' || c > 'z')) return false;
    return true;
}

bool LineSplitter::next(Line& line) {
    if (used_kept_) {
        kept_.clear();
        if (kept_.capacity() > (std::size_t{64} << 10)) kept_.shrink_to_fit();
        used_kept_ = false;
    }
    while (!fresh_.empty()) {
        const void* const found = std::memchr(fresh_.data(), '\n', fresh_.size());
        if (found == nullptr) {
            const std::string_view rest = fresh_;
            fresh_ = {};
            return !skipping_ && keep(rest, line);
        }
        const auto length = static_cast<std::size_t>(static_cast<const char*>(found) - fresh_.data());
        std::string_view text = fresh_.substr(0, length);
        fresh_.remove_prefix(length + 1);
        if (skipping_) {
            skipping_ = false;
            continue;
        }
        if (!kept_.empty()) {
            if (kept_.size() + text.size() > longest_ + 1 && begins_with_header(kept_)) {
                line = {LineKind::too_long, std::string_view(kept_).substr(0, 200)};
                used_kept_ = true;
                return true;
            }
            kept_.reserve(kept_.size() + text.size() + padding);
            kept_.append(text);
            text = kept_;
            used_kept_ = true;
        }
        return emit(text, line);
    }
    return false;
}

bool LineSplitter::finish(Line& line) {
    fresh_ = {};
    if (used_kept_) kept_.clear();
    used_kept_ = false;
    if (kept_.empty()) return false;
    used_kept_ = true;
    return emit(kept_, line);
}

/// A whole line, its line end cut off.
bool LineSplitter::emit(std::string_view text, Line& line) {
    if (text.ends_with('\r')) text.remove_suffix(1);
    if (at_start_ && text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    at_start_ = false;
    const bool message = !in_output_ && begins_with_header(text);
    in_output_ = false;
    if (message && text.size() > longest_)
        line = {LineKind::too_long, text.substr(0, 200)};
    else
        line = {message ? LineKind::message : LineKind::output, text};
    return true;
}

/// The beginning or middle of a line whose end has not come yet.
bool LineSplitter::keep(std::string_view text, Line& line) {
    kept_.reserve(kept_.size() + text.size() + padding);
    kept_.append(text);
    const bool message = !in_output_ && may_be_message(kept_) && (kept_.size() < 256 || begins_with_header(kept_));
    if (message) {
        if (kept_.size() <= longest_ + 1) return false;  // one more for a '\r'
        skipping_ = true;
        line = {LineKind::too_long, std::string_view(kept_).substr(0, 200)};
    } else {
        if (kept_.size() < format::longest_output_piece) return false;
        in_output_ = true;
        line = {LineKind::fragment, kept_};
    }
    at_start_ = false;
    used_kept_ = true;
    return true;
}

}  // namespace dragoman
