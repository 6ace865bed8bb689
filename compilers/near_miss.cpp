#include "compilers/near_miss.hpp"

#include <algorithm>
#include <numeric>

namespace dragoman {

namespace {

/// How many letters must be put in, left out or replaced.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const auto replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
        }
    }
    return row.back();
}

}  // namespace

std::string did_you_mean(std::string_view written, const std::vector<std::string>& known) {
    std::string_view nearest;
    std::size_t nearest_distance = written.size() < 4 ? 2 : 3;  // less than this is close
    for (const auto& word : known) {
        const auto away = distance(written, word);
        if (away < nearest_distance) {
            nearest = word;
            nearest_distance = away;
        }
    }
    return nearest.empty() ? "" : " (did you mean \"" + std::string(nearest) + "\"?)";
}

}  // namespace dragoman
