#include "ecs/snapshot_stream.hpp"

#include <algorithm>
#include <cassert>
#include <istream>
#include <limits>
#include <ostream>

namespace dragoman::ecs::snapshot {

namespace {

std::string hex(std::uint64_t number) {
    char text[20];
    std::snprintf(text, sizeof(text), "%016llx", static_cast<unsigned long long>(number));
    return text;
}

}  // namespace

void Output::put(const void* bytes, std::size_t size) {
    if (!stream_.write(static_cast<const char*>(bytes), static_cast<std::streamsize>(size)))
        throw Error(ErrorCode::denied, "snapshot: it could not be written at byte " + std::to_string(at_));
    at_ += size;
}

void Output::header() {
    put(magic.data(), magic.size());
    put(&version, sizeof(version));
    put(&byte_order, sizeof(byte_order));
}

void Output::open(Kind kind, std::uint32_t number, std::uint64_t length) {
    const SectionHead head{kind, number, length};
    hasher_.emplace();
    left_ = sizeof(head) + length;
    write(&head, sizeof(head));
}

void Output::write(const void* bytes, std::size_t size) {
    assert(size <= left_);
    hasher_->feed(bytes, size);
    put(bytes, size);
    left_ -= size;
}

void Output::text(std::string_view text) {
    if (text.size() > std::numeric_limits<std::uint32_t>::max())
        throw Error(ErrorCode::denied, "snapshot: a text has more than 4 GiB");
    number(static_cast<std::uint32_t>(text.size()));
    write(text.data(), text.size());
}

void Output::close() {
    assert(left_ == 0);
    const auto checksum = hasher_->result();
    put(&checksum, sizeof(checksum));
}

void Input::refuse(ErrorCode code, const std::string& what, std::uint64_t at) const {
    throw Error(code, "snapshot: byte " + std::to_string(at) + ", " + title_ + ": " + what);
}

void Input::get(void* bytes, std::size_t size) {
    before_ = at_;
    stream_.read(static_cast<char*>(bytes), static_cast<std::streamsize>(size));
    const auto got = static_cast<std::size_t>(stream_.gcount());
    at_ += got;
    if (got < size) refuse(ErrorCode::bad_value, "the snapshot ends here", at_);
}

void Input::header() {
    char found[magic.size()];
    get(found, sizeof(found));
    if (std::string_view(found, sizeof(found)) != magic)
        refuse(ErrorCode::bad_value, "this is no snapshot of a world: it does not begin with \"dragoman world\"");
    std::uint32_t number = 0;
    get(&number, sizeof(number));
    if (number != version)
        refuse(ErrorCode::bad_value,
               "its version is " + std::to_string(number) + "; versions read here: " + std::to_string(version));
    get(&number, sizeof(number));
    if (number != byte_order)
        refuse(ErrorCode::bad_value, "its byte order is not little-endian: " + hex(number).substr(8));
}

void Input::next_head(const std::string& title) {
    title_ = title;
    began_ = at_;
    get(&head_, sizeof(head_));
    left_ = head_.length;
    hasher_.emplace();
    hasher_->feed(&head_, sizeof(head_));
}

void Input::expect(Kind kind, std::uint32_t number) {
    const auto found = static_cast<std::uint32_t>(head_.kind);
    if (head_.kind != kind || head_.number != number)
        refuse(ErrorCode::bad_value, "expected the section of " + std::string(name(kind)) + " " +
                                         std::to_string(number) + ", found one of kind " + std::to_string(found) +
                                         " with number " + std::to_string(head_.number));
}

void Input::open(Kind kind, std::uint32_t number, const std::string& title) {
    next_head(title);
    expect(kind, number);
}

bool Input::open_either(Kind kind, std::uint32_t number, const std::string& title, Kind other,
                        const std::string& title2) {
    next_head(title);
    const bool first = head_.kind != other;
    if (!first) title_ = title2;
    expect(first ? kind : other, first ? number : 0);
    return first;
}

void Input::open(Kind kind, std::uint32_t number, const std::string& title, std::uint64_t length) {
    open(kind, number, title);
    if (left_ != length)
        refuse(ErrorCode::bad_value,
               "expected a length of " + std::to_string(length) + " bytes, found " + std::to_string(left_));
}

void Input::read(void* bytes, std::size_t size) {
    before_ = at_;
    if (size > left_)
        refuse(ErrorCode::bad_value,
               "expected " + std::to_string(size) + " bytes more; the section has " + std::to_string(left_));
    get(bytes, size);
    hasher_->feed(bytes, size);
    left_ -= size;
}

std::string Input::text() {
    constexpr std::size_t piece = 1 << 20;
    const std::uint64_t length = number<std::uint32_t>();
    const auto began = before_;
    if (length > left_)
        refuse(ErrorCode::bad_value, "expected a text of " + std::to_string(length) + " bytes; the section has " +
                                         std::to_string(left_) + " more");
    std::string text;
    while (text.size() < length) {
        const auto before = text.size();
        text.resize(std::min<std::uint64_t>(length, before + piece));
        read(text.data() + before, text.size() - before);
    }
    before_ = began;
    return text;
}

void Input::close() {
    if (left_) refuse(ErrorCode::bad_value, "the section has " + std::to_string(left_) + " bytes too many", at_);
    const auto checksum = hasher_->result();
    std::uint64_t written = 0;
    get(&written, sizeof(written));
    if (verify_ && written != checksum)
        refuse(ErrorCode::bad_value, "the bytes from " + std::to_string(began_) +
                                         " on are not those that were saved: "
                                         "their checksum is " +
                                         hex(checksum) + ", not " + hex(written));
}

}  // namespace dragoman::ecs::snapshot
