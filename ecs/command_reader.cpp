#include "ecs/command_reader.hpp"

#include <array>
#include <cstring>

#include "ecs/error.hpp"

namespace dragoman::ecs {

namespace {

constexpr std::array<std::string_view, 7> names{"", "create", "create_many", "destroy", "add", "remove", "set"};
static_assert(DRAGOMAN_CREATE == 1 && DRAGOMAN_SET == 6);

constexpr std::size_t alignment = 8;

[[noreturn]] void refuse(const std::string& why) { throw Error(ErrorCode::bad_value, why); }

std::string bytes(std::uint64_t count) { return std::to_string(count) + (count == 1 ? " byte" : " bytes"); }

void expect_parts(const dragoman_command& head, unsigned parts) {
    if (head.parts != parts)
        refuse("expected " + std::to_string(parts) + (parts == 1 ? " part" : " parts") + ", got " +
               std::to_string(head.parts));
}

}  // namespace

std::string_view command_name(std::uint16_t kind) { return kind < names.size() ? names[kind] : ""; }

std::string CommandReader::place() const {
    const auto name = command_name(head_.kind);
    const auto kind = name.empty() ? std::string() : std::string(name) + ", ";
    return "command " + std::to_string(number_) + " (" + kind + "at byte " + std::to_string(first_) + ")";
}

bool CommandReader::next() {
    first_ = next_;
    const auto left = bytes_.size() - first_;
    if (left == 0) return false;
    ++number_;
    head_ = {};
    if (left < sizeof(head_))
        refuse("a command's head has " + bytes(sizeof(head_)) + ", and only " + std::to_string(left) + " are left");
    std::memcpy(&head_, bytes_.data() + first_, sizeof(head_));
    if (head_.kind == 0 || head_.kind >= names.size()) refuse("there is no kind " + std::to_string(head_.kind));
    if (head_.bytes < sizeof(head_) || head_.bytes % alignment != 0)
        refuse("it says that it has " + bytes(head_.bytes) + ": expected a multiple of 8, its head of " +
               std::to_string(sizeof(head_)) + " included");
    if (head_.bytes > left)
        refuse("it says that it has " + bytes(head_.bytes) + ", and only " + std::to_string(left) + " are left");
    if (head_.kind != DRAGOMAN_CREATE_MANY && head_.count != 1)
        refuse("expected the count 1, got " + std::to_string(head_.count));
    if (head_.kind == DRAGOMAN_DESTROY) expect_parts(head_, 0);
    if (head_.kind >= DRAGOMAN_ADD) expect_parts(head_, 1);
    next_ = first_ + head_.bytes;
    read_parts();
    return true;
}

void CommandReader::read_parts() {
    components_.clear();
    data_.clear();
    auto at = first_ + sizeof(head_);
    for (unsigned i = 0; i < head_.parts; ++i) {
        dragoman_part part;
        if (next_ - at < sizeof(part)) refuse("part " + std::to_string(i + 1) + " begins behind its end");
        std::memcpy(&part, bytes_.data() + at, sizeof(part));
        at += sizeof(part);
        if (part.bytes > next_ - at)
            refuse("part " + std::to_string(i + 1) + " says that it has " + bytes(part.bytes) + " of data, and only " +
                   std::to_string(next_ - at) + " are left in the command");
        components_.push_back(part.component);
        data_.push_back(bytes_.subspan(at, part.bytes));
        at += (part.bytes + alignment - 1) / alignment * alignment;
    }
    if (at != next_)
        refuse("it has " + bytes(next_ - at) + " more than its " + std::to_string(head_.parts) + " parts take");
}

}  // namespace dragoman::ecs
