#include "compilers/duration.hpp"

#include <array>
#include <cmath>

#include "compilers/quantity.hpp"

namespace dragoman {

namespace {

using Unit = QuantityUnit;
constexpr std::array units{Unit{"h", 3'600'000}, Unit{"min", 60'000}, Unit{"s", 1'000}, Unit{"ms", 1}};
constexpr double longest = 365.0 * 24 * 3'600'000;

}  // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
    const auto milliseconds = parse_quantity(text, units);
    if (!milliseconds || !(*milliseconds >= 1 && *milliseconds <= longest)) return std::nullopt;
    return std::chrono::milliseconds(std::llround(*milliseconds));
}

std::string duration_text(std::chrono::milliseconds duration) {
    for (const auto& unit : units) {
        const auto size = static_cast<std::chrono::milliseconds::rep>(unit.size);
        if (duration.count() != 0 && duration.count() % size == 0)
            return std::to_string(duration.count() / size) + std::string(unit.name);
    }
    return "0s";
}

}  // namespace dragoman
