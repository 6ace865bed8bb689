#include "compilers/size.hpp"

#include <array>

#include "compilers/quantity.hpp"

namespace dragoman {

namespace {

using Unit = QuantityUnit;
constexpr std::array units{Unit{"TiB", std::uint64_t{1} << 40},
                           Unit{"GiB", std::uint64_t{1} << 30},
                           Unit{"MiB", std::uint64_t{1} << 20},
                           Unit{"KiB", std::uint64_t{1} << 10},
                           Unit{"TB", 1'000'000'000'000},
                           Unit{"GB", 1'000'000'000},
                           Unit{"MB", 1'000'000},
                           Unit{"KB", 1'000},
                           Unit{"kB", 1'000},
                           Unit{"B", 1},
                           Unit{"", 1}};
constexpr double largest = static_cast<double>(std::uint64_t{1} << 50);

}  // namespace

std::optional<std::uint64_t> parse_size(std::string_view text) {
    const auto bytes = parse_quantity(text, units);
    if (!bytes || !(*bytes >= 0 && *bytes <= largest) || (*bytes > 0 && *bytes < 1)) return std::nullopt;
    return static_cast<std::uint64_t>(*bytes);
}

std::string size_text(std::uint64_t bytes) {
    for (const auto& unit : units)
        if (unit.name.ends_with("iB") && bytes != 0 && bytes % unit.size == 0)
            return std::to_string(bytes / unit.size) + std::string(unit.name);
    return std::to_string(bytes) + "B";
}

}  // namespace dragoman
