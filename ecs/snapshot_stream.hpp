#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

#include "ecs/error.hpp"
#include "ecs/hasher.hpp"
#include "ecs/snapshot_format.hpp"

namespace dragoman::ecs::snapshot {

/// Writes sections. Error denied where the stream takes no more.
class Output {
public:
    explicit Output(std::ostream& stream) : stream_(stream) {}

    void header();
    void open(Kind kind, std::uint32_t number, std::uint64_t length);
    void write(const void* bytes, std::size_t size);
    void number(std::uint32_t value) { write(&value, sizeof(value)); }
    void number(std::uint64_t value) { write(&value, sizeof(value)); }
    void text(std::string_view text);
    static std::uint64_t text_length(std::string_view text) { return sizeof(std::uint32_t) + text.size(); }
    void close();

private:
    void put(const void* bytes, std::size_t size);

    std::ostream& stream_;
    std::uint64_t at_ = 0;
    std::uint64_t left_ = 0;  // of the open section
    std::optional<Hasher> hasher_;
};

/// Reads sections. Each Error says at which byte of the snapshot, and in which section, it is. Nothing that a length
/// says is believed: memory is taken only for bytes that have come.
class Input {
public:
    Input(std::istream& stream, bool verify) : stream_(stream), verify_(verify) {}

    void header();
    /// The next section, which must be this one.
    void open(Kind kind, std::uint32_t number, const std::string& title);
    void open(Kind kind, std::uint32_t number, const std::string& title, std::uint64_t length);
    /// The next section, which must be one of two: whether it is the first of them.
    bool open_either(Kind kind, std::uint32_t number, const std::string& title, Kind other, const std::string& title2);
    /// The next `size` bytes of the open section.
    void read(void* bytes, std::size_t size);
    template <class T>
    T number() {
        T value{};
        read(&value, sizeof(value));
        return value;
    }
    std::string text();
    std::uint64_t left() const { return left_; }
    void close();

    /// Of what was read last.
    [[noreturn]] void refuse(ErrorCode code, const std::string& what) const { refuse(code, what, before_); }
    [[noreturn]] void refuse(ErrorCode code, const std::string& what, std::uint64_t at) const;

private:
    void get(void* bytes, std::size_t size);
    void next_head(const std::string& title);
    void expect(Kind kind, std::uint32_t number);

    std::istream& stream_;
    bool verify_;
    std::string title_ = "header";
    std::uint64_t at_ = 0;
    std::uint64_t before_ = 0;
    std::uint64_t left_ = 0;
    std::uint64_t began_ = 0;
    SectionHead head_{};
    std::optional<Hasher> hasher_;
};

}  // namespace dragoman::ecs::snapshot
