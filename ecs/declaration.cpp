#include "ecs/declaration.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "ecs/error.hpp"

namespace dragoman::ecs {

namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank(char c) { return c == ' ' || c == '\t'; }

void append_utf8(std::string& out, std::uint32_t point) {
    const auto push = [&out](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
    const auto tail = [&](int shift) { push(0x80 | ((point >> shift) & 0x3f)); };
    if (point < 0x80) return push(point);
    if (point < 0x800) return push(0xc0 | (point >> 6)), tail(0);
    if (point < 0x10000) return push(0xe0 | (point >> 12)), tail(6), tail(0);
    push(0xf0 | (point >> 18)), tail(12), tail(6), tail(0);
}

class Reader {
public:
    explicit Reader(std::string_view text) : text_(text) {
        while (!text_.empty() && is_blank(text_.back())) text_.remove_suffix(1);
        skip();
    }

    Declaration read() {
        Declaration result;
        result.field.name = word("a field's name (letters, digits, _)");
        if (!accept(':')) expected("':' after the name, as in \"x: f32\"");
        result.field.type = type();
        if (accept('[')) result.field.count = count(result.field.type);
        if (accept('=')) result.standard = standard(result.field);
        if (at_ < text_.size()) expected(result.standard ? "nothing more" : "'=' and a default, or nothing more");
        return result;
    }

private:
    [[noreturn]] void expected(const std::string& what) const {
        const auto found = at_ < text_.size() ? quoted(text_.substr(at_)) : std::string("the end");
        throw Error(ErrorCode::bad_value, "field " + quoted(text_) + ": expected " + what + " at character " +
                                              std::to_string(at_ + 1) + ", found " + found);
    }

    void skip() {
        while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
    }

    bool accept(char c) {
        if (at_ >= text_.size() || text_[at_] != c) return false;
        ++at_;
        skip();
        return true;
    }

    std::string word(const std::string& what) {
        auto end = at_;
        while (end < text_.size() && (is_letter(text_[end]) || (end > at_ && is_digit(text_[end])))) ++end;
        const auto found = text_.substr(at_, end - at_);
        if (!is_name(found)) expected(what);
        at_ = end;
        skip();
        return std::string(found);
    }

    FieldType type() {
        const auto start = at_;
        const std::string what = "a type (bool, i8, i16, i32, i64, u8, u16, u32, u64, f32, f64, entity, text, json)";
        const auto found = word(what);
        const auto known = std::ranges::find(field_types, found, &TypeInfo::name);
        if (known != std::end(field_types)) return known->type;
        at_ = start;
        expected(what);
    }

    std::uint32_t count(FieldType type) {
        if (!info(type).number) {
            --at_;
            expected("no array here: only numbers have arrays; '=' and a default, or nothing more,");
        }
        std::uint32_t result = 0;
        const auto* first = text_.data() + at_;
        const auto [end, error] = std::from_chars(first, text_.data() + text_.size(), result);
        if (error != std::errc() || result == 0) expected("the array's length, 1 or more");
        at_ += end - first;
        skip();
        if (!accept(']')) expected("']'");
        return result;
    }

    Value standard(const Field& field) {
        if (at_ >= text_.size()) expected("a default of type " + field.type_name());
        if (field.count) return list();
        switch (field.type) {
            case FieldType::boolean:
                return truth();
            case FieldType::entity:
                expected("no default: an entity field starts empty");
            case FieldType::text:
                return text_[at_] == '"' ? quoted_text() : rest();
            case FieldType::json:
                return Json{rest()};
            default:
                return number();
        }
    }

    std::string rest() {
        const auto found = text_.substr(at_);
        at_ = text_.size();
        return std::string(found);
    }

    bool truth() {
        const auto start = at_;
        const auto found = word("true or false");
        if (found == "true" || found == "false") return found == "true";
        at_ = start;
        expected("true or false");
    }

    template <class T>
    bool take(T& result) {
        const auto* first = text_.data() + at_;
        const auto* last = text_.data() + text_.size();
        const auto [end, error] = std::from_chars(first, last, result);
        if (error != std::errc() || (end != last && std::string_view(",] \t").find(*end) == std::string_view::npos))
            return false;
        at_ += end - first;
        skip();
        return true;
    }

    template <class Result>
    Result number_as() {
        std::int64_t whole = 0;
        std::uint64_t large = 0;
        double real = 0;
        if (take(whole)) return whole;
        if (take(large)) return large;
        const auto start = at_;
        if (take(real) && std::isfinite(real)) return real;
        at_ = start;
        expected("a number");
    }
    Value number() { return number_as<Value>(); }

    Numbers list() {
        if (!accept('[')) expected("a list such as [1, 2, 3]");
        Numbers result;
        do result.push_back(number_as<Number>());
        while (accept(','));
        if (!accept(']')) expected("',' or ']'");
        return result;
    }

    std::uint32_t four_digits() {
        std::uint32_t result = 0;
        const auto digits = text_.substr(at_, 4);
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), result, 16);
        if (digits.size() < 4 || error != std::errc() || end != digits.data() + 4) expected("four hexadecimal digits");
        at_ += 4;
        return result;
    }

    std::uint32_t code_point() {
        const auto first = four_digits();
        if (first < 0xd800 || first > 0xdfff) return first;
        if (first > 0xdbff || text_.substr(at_, 2) != "\\u") expected("a pair of surrogates, the high one first,");
        at_ += 2;
        const auto second = four_digits();
        if (second < 0xdc00 || second > 0xdfff) expected("the second half of a pair of surrogates before here,");
        return 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
    }

    std::string quoted_text() {
        static constexpr std::string_view escapes = "\"\\/bfnrt", meanings = "\"\\/\b\f\n\r\t";
        std::string result;
        ++at_;
        while (at_ < text_.size() && text_[at_] != '"') {
            if (text_[at_] != '\\') {
                result.push_back(text_[at_++]);
                continue;
            }
            ++at_;
            const auto which = at_ < text_.size() ? escapes.find(text_[at_]) : std::string_view::npos;
            if (which != std::string_view::npos) {
                result.push_back(meanings[which]);
                ++at_;
            } else if (at_ < text_.size() && text_[at_] == 'u') {
                ++at_;
                append_utf8(result, code_point());
            } else {
                expected("one of \" \\ / b f n r t u after the backslash");
            }
        }
        if (!accept('"')) expected("a closing '\"'");
        return result;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= longest_name && is_letter(text.front()) &&
           std::ranges::all_of(text, [](char c) { return is_letter(c) || is_digit(c); });
}

Declaration read_declaration(std::string_view text) { return Reader(text).read(); }

}  // namespace dragoman::ecs
