#include <dragoman/scene.hpp>

#include "scan.hpp"

namespace dragoman {
namespace {

[[noreturn]] void wrong_type(const char* wanted, const Value& value) {
    std::string shown;
    try {
        shown = value.raw();
    } catch (const std::invalid_argument&) {
        shown = "something that is not JSON";
    }
    if (shown.size() > 60) shown = shown.substr(0, 57) + "...";
    throw std::invalid_argument(std::string(wanted) + " was expected, there is " + shown);
}

[[noreturn]] void missing(std::string_view key) {
    throw std::out_of_range("the scene has no \"" + std::string(key) + "\" here");
}

}  // namespace

thread_local constinit detail::LastRead detail::last_read{nullptr, nullptr, 0};
std::uint64_t detail::scene_number = 0;

const char* detail::skip(const char* at, const char* end) { return scan::skip_value(at, end); }

void ElementIterator::start() {
    at_ = scan::skip_space(at_, end_);
    if (at_ >= end_) scan::fail("an unfinished list", list_, end_);
    if (*at_ == ']') finish(at_);
}

void ElementIterator::go_on(const char* behind) {
    behind = scan::skip_space(behind, end_);
    if (behind < end_ && *behind == ',') {
        at_ = scan::skip_space(behind + 1, end_);
    } else if (behind < end_ && *behind == ']') {
        finish(behind);
    } else {
        scan::fail("a list goes on with , or ]", behind, end_);
    }
}

std::string Member::key() const {
    std::string key;
    scan::append_unescaped(key, raw_key.data(), raw_key.data() + raw_key.size());
    return key;
}

MemberIterator::MemberIterator(const char* at, const char* end) : end_(end) {
    at = scan::skip_space(at, end);
    if (at >= end || *at != '}') read(at);
}

void MemberIterator::read(const char* at) {
    if (at >= end_ || *at != '"') scan::fail("a key was expected", at, end_);
    const char* const quote = scan::end_of_string(at + 1, end_);
    key_ = std::string_view(at + 1, static_cast<std::size_t>(quote - at - 1));
    at = scan::skip_space(quote + 1, end_);
    if (at >= end_ || *at != ':') scan::fail("a key goes on with :", at, end_);
    value_ = scan::skip_space(at + 1, end_);
}

MemberIterator& MemberIterator::operator++() {
    const char* behind = scan::skip_space(detail::behind(value_, end_), end_);
    if (behind < end_ && *behind == ',')
        read(scan::skip_space(behind + 1, end_));
    else if (behind < end_ && *behind == '}')
        value_ = nullptr;
    else
        scan::fail("an object goes on with , or }", behind, end_);
    return *this;
}

Elements Value::elements() const {
    if (!is_list()) wrong_type("a list", *this);
    return {at_, end_};
}

Members Value::members() const {
    if (!is_object()) wrong_type("an object", *this);
    return {at_ + 1, end_};
}

std::optional<Value> Value::find(std::string_view key) const {
    for (auto member = members().begin(); member != std::default_sentinel; ++member)
        if (scan::same_text(member.member().raw_key, key)) return member.member().value;
    return {};
}

Value Value::operator[](std::string_view key) const {
    const auto found = find(key);
    if (!found) missing(key);
    return *found;
}

Value Value::operator[](std::size_t index) const {
    std::size_t passed = 0;
    for (const Value element : elements())
        if (passed++ == index) return element;
    throw std::out_of_range("element " + std::to_string(index) + " of a list of " + std::to_string(passed));
}

std::size_t Value::size() const {
    std::size_t count = 0;
    if (is_object())
        for (auto member = members().begin(); member != std::default_sentinel; ++member) ++count;
    else
        for (auto element = elements().begin(); element != std::default_sentinel; ++element) ++count;
    return count;
}

bool Value::empty() const {
    return is_object() ? members().begin() == std::default_sentinel : elements().begin() == std::default_sentinel;
}

bool Value::to_bool() const {
    if (!is_bool()) wrong_type("true or false", *this);
    return *at_ == 't';
}

std::int64_t Value::to_int_slowly() const {
    if (is_bool()) return *at_ == 't' ? 1 : 0;
    if (!is_number()) wrong_type("a number", *this);
    const char* at = at_;
    const scan::Number number = scan::read_number(at, end_);
    detail::has_read(at_, at);
    return number.kind == scan::Number::real ? static_cast<std::int64_t>(number.floating) : number.integer;
}

double Value::to_double() const {
    if (!is_number()) wrong_type("a number", *this);
    const char* at = at_;
    const scan::Number number = scan::read_number(at, end_);
    detail::has_read(at_, at);
    switch (number.kind) {
        case scan::Number::whole:
            return static_cast<double>(number.integer);
        case scan::Number::unsigned_whole:
            return static_cast<double>(number.natural);
        default:
            return number.floating;
    }
}

std::string Value::to_string() const {
    if (!is_string()) wrong_type("text", *this);
    std::string text;
    scan::append_unescaped(text, at_ + 1, scan::end_of_string(at_ + 1, end_));
    return text;
}

bool Value::is_text(std::string_view text) const {
    if (!is_string()) return false;
    const char* const quote = scan::end_of_string(at_ + 1, end_);
    return scan::same_text({at_ + 1, static_cast<std::size_t>(quote - at_ - 1)}, text);
}

nlohmann::json Value::to_json() const { return parse_json(at_, scan::skip_value(at_, end_)); }

std::string_view Value::raw() const { return {at_, static_cast<std::size_t>(scan::skip_value(at_, end_) - at_)}; }

Scene::Scene(SceneText text) : Value(scan::skip_space(text.begin, text.end), text.end) {
    ++detail::scene_number;
    if (at_ >= end_ || *at_ != '{') scan::fail("a scene is an object", at_, end_);
}

std::optional<Value> Scene::find(std::string_view key) const {
    for (std::size_t i = 0; i < seen_count_; ++i)
        if (scan::same_text(seen_[i].first, key)) return Value(seen_[i].second, end_);
    if (seen_count_ == remembered) return Value::find(key);
    while (!last_ || *last_ != std::default_sentinel) {
        if (last_)
            ++*last_;
        else
            last_ = members().begin();
        if (*last_ == std::default_sentinel) break;
        const Member member = last_->member();
        seen_[seen_count_++] = {member.raw_key, last_->place()};
        if (scan::same_text(member.raw_key, key)) return member.value;
        if (seen_count_ == remembered) return Value::find(key);
    }
    return {};
}

Value Scene::operator[](std::string_view key) const {
    const auto found = find(key);
    if (!found) missing(key);
    return *found;
}

bool Scene::alive() const {
    const auto status = find("status");
    return !status || *status == "GAME_ALIVE";
}

void detail::wrong_length(std::size_t wanted, const Value& value) {
    throw std::invalid_argument("a list of " + std::to_string(wanted) + " was expected, there is one of " +
                                std::to_string(value.size()));
}

}  // namespace dragoman
