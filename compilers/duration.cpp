#include "compilers/duration.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace dragoman {

namespace {

struct Unit {
    std::string_view name;
    long long milliseconds;
};
constexpr std::array units{Unit{"h", 3'600'000}, Unit{"min", 60'000}, Unit{"s", 1'000}, Unit{"ms", 1}};
constexpr double longest = 365.0 * 24 * 3'600'000;

}  // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
    double number = 0;
    const auto [rest, error] =
        std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (error != std::errc{}) return std::nullopt;
    const std::string_view unit_name(rest, static_cast<std::size_t>(text.data() + text.size() - rest));
    for (const auto& unit : units) {
        if (unit.name != unit_name) continue;
        const double milliseconds = number * static_cast<double>(unit.milliseconds);
        if (!(milliseconds >= 1 && milliseconds <= longest)) return std::nullopt;
        return std::chrono::milliseconds(std::llround(milliseconds));
    }
    return std::nullopt;
}

std::string duration_text(std::chrono::milliseconds duration) {
    for (const auto& unit : units) {
        if (duration.count() != 0 && duration.count() % unit.milliseconds == 0) {
            return std::to_string(duration.count() / unit.milliseconds) + std::string(unit.name);
        }
    }
    return "0s";
}

}  // namespace dragoman
