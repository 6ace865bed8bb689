#pragma once
#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace dragoman {

/// A unit by its name, in a quantity's smallest unit.
struct QuantityUnit {
    std::string_view name;
    std::uint64_t size;
};

/// A number and the name of one of `units`, nothing between them: "1.5GiB"; in the smallest unit, and of any sign and
/// size. Nothing for other text.
template <typename Units>
std::optional<double> parse_quantity(std::string_view text, const Units& units) {
    const char* const end = text.data() + text.size();
    double number = 0;
    const auto [rest, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
    if (error != std::errc{}) return std::nullopt;
    for (const QuantityUnit& unit : units)
        if (unit.name == std::string_view(rest, static_cast<std::size_t>(end - rest)))
            return number * static_cast<double>(unit.size);
    return std::nullopt;
}

}  // namespace dragoman
