#include "broker/sandbox/limits.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <variant>

#include "compilers/duration.hpp"
#include "compilers/size.hpp"

namespace dragoman {
namespace {

using Time = std::optional<std::chrono::nanoseconds> Limits::*;
using Size = std::uint64_t Limits::*;
using OptionalSize = std::optional<std::uint64_t> Limits::*;
using Count = unsigned Limits::*;

struct Known {
    LimitName about;
    std::variant<Time, Size, OptionalSize, Count> member;
    std::uint64_t least;
    std::uint64_t most;
};

constexpr std::uint64_t mib = std::uint64_t{1} << 20;
constexpr std::uint64_t tib = std::uint64_t{1} << 40;

/// The bounds are what can work at all: a program of any language needs some memory and a few descriptors.
const std::array all{
    Known{{"memory", "private memory of a script, such as 64MiB", "SIZE"}, &Limits::memory, mib, tib},
    Known{{"cpu_per_tick", "CPU time for one answer, such as 50ms", "TIME"}, &Limits::cpu_per_tick, 0, 0},
    Known{{"cpu_total", "CPU time in all", "TIME"}, &Limits::cpu_total, 0, 0},
    Known{{"wall_total", "time from a script's start to its end", "TIME"}, &Limits::wall_total, 0, 0},
    Known{{"threads", "threads at a time", "N"}, &Limits::threads, 1, 4096},
    Known{{"processes", "processes at a time", "N"}, &Limits::processes, 1, 4096},
    Known{{"open_files", "open descriptors", "N"}, &Limits::open_files, 8, 1000},
    Known{{"output_per_tick", "what it may print within one tick", "SIZE"}, &Limits::output_per_tick, 1, tib},
    Known{{"output_total", "what it may print in all", "SIZE"}, &Limits::output_total, 1, tib},
    Known{{"scratch", "a private, empty /tmp of this size (0: none)", "SIZE"}, &Limits::scratch, 0, tib},
    Known{{"artefact", "each file that its compiler writes", "SIZE"}, &Limits::artefact, mib, tib},
};

const Known* find(std::string_view name) {
    const auto found = std::find_if(all.begin(), all.end(), [&](const Known& one) { return one.about.name == name; });
    return found == all.end() ? nullptr : &*found;
}

std::optional<std::uint64_t> parse_count(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

std::string bounds(const Known& limit, std::string (*text)(std::uint64_t)) {
    return "expected " + text(limit.least) + " to " + text(limit.most);
}

std::string count_text(std::uint64_t count) { return std::to_string(count); }

bool within(const Known& limit, std::uint64_t value) { return value >= limit.least && value <= limit.most; }

}  // namespace

std::vector<LimitName> limit_names() {
    std::vector<LimitName> names;
    for (const Known& one : all) names.push_back(one.about);
    return names;
}

std::optional<std::string> set_limit(Limits& limits, std::string_view name, std::string_view text) {
    const Known* const limit = find(name);
    if (limit == nullptr) return "there is no such limit";
    if (const auto* time = std::get_if<Time>(&limit->member)) {
        const auto value = parse_duration(text);
        if (!value && text != "none") return "expected a time such as \"50ms\" or \"2s\", or \"none\"";
        limits.*(*time) = value;
        return std::nullopt;
    }
    if (const auto* count = std::get_if<Count>(&limit->member)) {
        const auto value = parse_count(text);
        if (!value || !within(*limit, *value)) return bounds(*limit, count_text);
        limits.*(*count) = static_cast<unsigned>(*value);
        return std::nullopt;
    }
    const auto* const optional = std::get_if<OptionalSize>(&limit->member);
    if (optional != nullptr && text == "none") {
        (limits.*(*optional)).reset();
        return std::nullopt;
    }
    const auto value = parse_size(text);
    if (!value)
        return "expected a size such as \"64MiB\" or a number of bytes" +
               std::string(optional != nullptr ? ", or \"none\"" : "");
    if (!within(*limit, *value)) return bounds(*limit, size_text);
    if (optional != nullptr)
        limits.*(*optional) = value;
    else
        limits.*std::get<Size>(limit->member) = *value;
    return std::nullopt;
}

}  // namespace dragoman
