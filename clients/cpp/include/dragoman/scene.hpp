// A scene as it came: nothing is parsed before it is asked for, nothing is copied.
#pragma once
#include <dragoman/script.hpp>

#include <array>
#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman {

class Elements;
class Members;
class ElementIterator;

namespace detail {
/// Where the value that was read last begins and ends: going on behind it needs no second look at it.
struct LastRead {
    const char* begin;
    const char* end;
    std::uint64_t scene;
};
extern thread_local constinit LastRead last_read;
extern std::uint64_t scene_number;  ///< of the current scene: the next one lies in the same memory

const char* skip(const char* at, const char* end);

inline void has_read(const char* begin, const char* end) { last_read = {begin, end, scene_number}; }
inline const char* behind(const char* at, const char* end) {
    return last_read.begin == at && last_read.scene == scene_number ? last_read.end : skip(at, end);
}
}  // namespace detail

/// One value inside a scene: a place in the text. Valid until update() returns. What is not there, or of another type,
/// throws std::out_of_range or std::invalid_argument with a message that says which. Looking something up in an object
/// or a list starts at its beginning each time: go through long lists with `for`.
class Value {
public:
    Value(const char* at, const char* end) : at_(at), end_(end) {}

    bool is_null() const { return *at_ == 'n'; }
    bool is_bool() const { return *at_ == 't' || *at_ == 'f'; }
    bool is_number() const { return *at_ == '-' || (*at_ >= '0' && *at_ <= '9'); }
    bool is_string() const { return *at_ == '"'; }
    bool is_list() const { return *at_ == '['; }
    bool is_object() const { return *at_ == '{'; }

    std::optional<Value> find(std::string_view key) const;
    bool contains(std::string_view key) const { return find(key).has_value(); }
    Value operator[](std::string_view key) const;
    Value operator[](const char* key) const { return (*this)[std::string_view(key)]; }
    Value operator[](std::size_t index) const;
    Value operator[](int index) const { return (*this)[static_cast<std::size_t>(index)]; }

    /// How many elements a list has, or members an object.
    std::size_t size() const;
    bool empty() const;

    Elements elements() const;  ///< of a list; begin() and end() go through them too
    Members members() const;    ///< of an object: `for (auto [key, value] : scene["players"].members())`
    ElementIterator begin() const;
    std::default_sentinel_t end() const { return {}; }

    bool to_bool() const;
    std::int64_t to_int() const;  ///< a number with a fraction is cut
    double to_double() const;
    std::string to_string() const;
    nlohmann::json to_json() const;
    std::string_view raw() const;  ///< its JSON text

    /// bool, numbers, std::string, json, std::optional (null), std::vector and std::array of these.
    template <class T>
    T get() const;
    template <class T>
    requires std::is_arithmetic_v<T>
    operator T() const { return get<T>(); }
    operator std::string() const { return to_string(); }

    /// Where the key is missing or null: `otherwise`.
    template <class T>
    T value(std::string_view key, T otherwise) const;
    std::string value(std::string_view key, const char* otherwise) const {
        return value<std::string>(key, std::string(otherwise));
    }

    friend bool operator==(const Value& value, std::string_view text) { return value.is_text(text); }
    friend bool operator==(const Value& value, const char* text) { return value.is_text(text); }

    template <class T>
    requires std::is_arithmetic_v<T>
    friend bool operator==(const Value& value, T number) {
        return (value.is_number() || value.is_bool()) && value.get<T>() == number;
    }
    template <class T>
    requires std::is_arithmetic_v<T>
    friend auto operator<=>(const Value& value, T number) { return value.get<T>() <=> number; }

    /// json copy = scene["ball"];
    friend void to_json(nlohmann::json& into, const Value& value) { into = value.to_json(); }

protected:
    bool is_text(std::string_view text) const;
    std::int64_t to_int_slowly() const;
    const char* at_;
    const char* end_;  ///< of the scene
};

class ElementIterator {
public:
    using value_type = Value;
    using difference_type = std::ptrdiff_t;
    ElementIterator(const char* list, const char* end) : list_(list), at_(list + 1), end_(end) {  // `list`: its bracket
        if (*at_ <= ' ' || *at_ == ']') start();
    }
    Value operator*() const { return {at_, end_}; }
    ElementIterator& operator++() {
        const char* const behind = detail::behind(at_, end_);
        if (behind[0] == ',' && behind[1] == ' ' && behind[2] > ' ')
            at_ = behind + 2;
        else if (behind[0] == ']' && behind < end_)
            finish(behind);
        else
            go_on(behind);
        return *this;
    }
    void operator++(int) { ++*this; }
    bool operator==(std::default_sentinel_t) const { return at_ == nullptr; }

private:
    void start();
    void go_on(const char* behind);
    void finish(const char* bracket) {
        detail::has_read(list_, bracket + 1);
        at_ = nullptr;
    }

    const char* list_;
    const char* at_;
    const char* end_;
};

class Elements {
public:
    Elements(const char* list, const char* end) : list_(list), end_(end) {}
    ElementIterator begin() const { return {list_, end_}; }
    std::default_sentinel_t end() const { return {}; }

private:
    const char* list_;
    const char* end_;
};

/// Whole numbers of up to nine digits, which is nearly all; the rest takes the long way. The text ends in a zero byte.
inline std::int64_t Value::to_int() const {
    const char* p = at_;
    const bool negative = *p == '-';
    if (negative) ++p;
    const char* const digits = p;
    std::int64_t number = 0;
    while (static_cast<unsigned char>(*p - '0') <= 9 && p - digits < 10) number = number * 10 + (*p++ - '0');
    if (p == digits || p - digits == 10 || *p == '.' || (*p | 0x20) == 'e') return to_int_slowly();
    detail::has_read(at_, p);
    return negative ? -number : number;
}

inline ElementIterator Value::begin() const { return elements().begin(); }

struct Member {
    std::string_view raw_key;  ///< escapes not resolved
    Value value;
    std::string key() const;
};

class MemberIterator {
public:
    using value_type = std::pair<std::string, Value>;
    using difference_type = std::ptrdiff_t;
    MemberIterator(const char* at, const char* end);  ///< `at`: behind the opening brace
    std::pair<std::string, Value> operator*() const { return {member().key(), Value(value_, end_)}; }
    Member member() const { return {key_, Value(value_, end_)}; }
    const char* place() const { return value_; }
    MemberIterator& operator++();
    void operator++(int) { ++*this; }
    bool operator==(std::default_sentinel_t) const { return value_ == nullptr; }

private:
    void read(const char* at);
    std::string_view key_;
    const char* value_ = nullptr;
    const char* end_;
};

class Members {
public:
    Members(const char* at, const char* end) : at_(at), end_(end) {}
    MemberIterator begin() const { return {at_, end_}; }
    std::default_sentinel_t end() const { return {}; }

private:
    const char* at_;
    const char* end_;
};

/// The whole scene. It remembers where its members are, so that its text is gone through at most once.
class Scene : public Value {
public:
    explicit Scene(SceneText text);
    Scene(const Scene&) = delete;
    Scene& operator=(const Scene&) = delete;

    std::optional<Value> find(std::string_view key) const;
    bool contains(std::string_view key) const { return find(key).has_value(); }
    Value operator[](std::string_view key) const;
    Value operator[](const char* key) const { return (*this)[std::string_view(key)]; }
    template <class T>
    T value(std::string_view key, T otherwise) const {
        const auto found = find(key);
        return found && !found->is_null() ? found->template get<T>() : otherwise;
    }
    std::string value(std::string_view key, const char* otherwise) const {
        return value<std::string>(key, std::string(otherwise));
    }

    std::int64_t frame() const { return value<std::int64_t>("frame", 0); }
    /// Whether the round goes on: `status` is GAME_ALIVE, or not there.
    bool alive() const;

private:
    static constexpr std::size_t remembered = 32;
    mutable std::array<std::pair<std::string_view, const char*>, remembered> seen_;
    mutable std::size_t seen_count_ = 0;
    mutable std::optional<MemberIterator> last_;  ///< the last member that was looked at
};

namespace detail {
template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;
template <class T>
inline constexpr bool is_array = false;
template <class T, std::size_t N>
inline constexpr bool is_array<std::array<T, N>> = true;
template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
[[noreturn]] void wrong_length(std::size_t wanted, const Value& value);
}  // namespace detail

template <class T>
T Value::get() const {
    if constexpr (std::is_same_v<T, bool>) {
        return to_bool();
    } else if constexpr (std::is_integral_v<T>) {
        return static_cast<T>(to_int());
    } else if constexpr (std::is_floating_point_v<T>) {
        return static_cast<T>(to_double());
    } else if constexpr (std::is_same_v<T, std::string>) {
        return to_string();
    } else if constexpr (std::is_same_v<T, nlohmann::json>) {
        return to_json();
    } else if constexpr (detail::is_optional<T>) {
        return is_null() ? T() : T(get<typename T::value_type>());
    } else if constexpr (detail::is_vector<T>) {
        T list;
        for (const Value element : elements()) list.push_back(element.get<typename T::value_type>());
        return list;
    } else {
        static_assert(detail::is_array<T>, "get() knows bool, numbers, std::string, json, optional, vector and array");
        T list{};
        std::size_t count = 0;
        for (const Value element : elements()) {
            if (count == list.size()) detail::wrong_length(list.size(), *this);
            list[count++] = element.get<typename T::value_type>();
        }
        if (count != list.size()) detail::wrong_length(list.size(), *this);
        return list;
    }
}

template <class T>
T Value::value(std::string_view key, T otherwise) const {
    const auto found = find(key);
    return found && !found->is_null() ? found->template get<T>() : otherwise;
}

}  // namespace dragoman
