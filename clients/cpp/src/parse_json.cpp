// Fills nlohmann's json. What it costs is memory: so each list is put together on a stack that is kept,
// and gets its memory in one piece, of the right size.
#include "scan.hpp"

#include <dragoman/script.hpp>

#include <cstring>
#include <iterator>

namespace dragoman {
namespace {

using nlohmann::json;

constexpr int deepest = 256;

class Parser {
public:
    Parser(const char* begin, const char* end, std::vector<json>& stack) : at_(begin), end_(end), stack_(stack) {}

    json document() {
        const std::size_t before = stack_.size();
        try {
            value(0);
            space();
            if (at_ != end_) scan::fail("something behind the value", at_, end_);
        } catch (...) {
            stack_.resize(before);
            throw;
        }
        json result = std::move(stack_.back());
        stack_.pop_back();
        return result;
    }

private:
    void space() { at_ = scan::skip_space(at_, end_); }
    bool next_is(char c) { return at_ < end_ && *at_ == c; }

    /// Leaves the value on top of the stack.
    void value(int depth) {
        space();
        if (at_ >= end_) scan::fail("a value was expected", at_, end_);
        switch (*at_) {
            case '[':
                list(depth);
                break;
            case '{':
                object(depth);
                break;
            case '"':
                stack_.emplace_back(string());
                break;
            case 't':
                word("true", true);
                break;
            case 'f':
                word("false", false);
                break;
            case 'n':
                word("null", nullptr);
                break;
            default:
                number();
                break;
        }
    }

    template <class T>
    void word(const char* text, T meaning) {
        const std::size_t length = std::strlen(text);
        if (static_cast<std::size_t>(end_ - at_) < length || std::memcmp(at_, text, length) != 0)
            scan::fail("a value was expected", at_, end_);
        at_ += length;
        stack_.emplace_back(meaning);
    }

    void number() {
        const scan::Number number = scan::read_number(at_, end_);
        switch (number.kind) {
            case scan::Number::whole:
                stack_.emplace_back(json::number_integer_t{number.integer});
                break;
            case scan::Number::unsigned_whole:
                stack_.emplace_back(json::number_unsigned_t{number.natural});
                break;
            case scan::Number::real:
                stack_.emplace_back(number.floating);
                break;
        }
    }

    std::string string() {
        const char* const inside = ++at_;
        const char* const quote = scan::end_of_string(inside, end_);
        at_ = quote + 1;
        std::string text;
        if (std::memchr(inside, '\\', static_cast<std::size_t>(quote - inside)) == nullptr)
            text.assign(inside, quote);
        else
            scan::append_unescaped(text, inside, quote);
        return text;
    }

    void list(int depth) {
        if (depth == deepest) scan::fail("nested too deep", at_, end_);
        ++at_;
        const std::size_t first = stack_.size();
        space();
        if (!next_is(']')) {
            while (true) {
                value(depth + 1);
                space();
                if (!next_is(',')) break;
                ++at_;
            }
        }
        if (!next_is(']')) scan::fail("a list goes on with , or ]", at_, end_);
        ++at_;
        const auto begin = stack_.begin() + static_cast<std::ptrdiff_t>(first);
        json result(json::value_t::array);
        result.get_ref<json::array_t&>().assign(std::move_iterator(begin), std::move_iterator(stack_.end()));
        stack_.erase(begin, stack_.end());
        stack_.push_back(std::move(result));
    }

    void object(int depth) {
        if (depth == deepest) scan::fail("nested too deep", at_, end_);
        ++at_;
        json result(json::value_t::object);
        auto& members = result.get_ref<json::object_t&>();
        space();
        if (!next_is('}')) {
            while (true) {
                space();
                if (!next_is('"')) scan::fail("a key was expected", at_, end_);
                std::string key = string();
                space();
                if (!next_is(':')) scan::fail("a key goes on with :", at_, end_);
                ++at_;
                value(depth + 1);
                members.insert_or_assign(std::move(key), std::move(stack_.back()));
                stack_.pop_back();
                space();
                if (!next_is(',')) break;
                ++at_;
            }
        }
        if (!next_is('}')) scan::fail("an object goes on with , or }", at_, end_);
        ++at_;
        stack_.push_back(std::move(result));
    }

    const char* at_;
    const char* end_;
    std::vector<json>& stack_;
};

}  // namespace

nlohmann::json parse_json(const char* begin, const char* end) {
    thread_local std::vector<json> stack;
    return Parser(begin, end, stack).document();
}

}  // namespace dragoman
