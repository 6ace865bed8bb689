#include "broker/reload/shadow_answer.hpp"

#include <nlohmann/json.hpp>

namespace dragoman {
namespace {

constexpr std::size_t longest_shown = 200;

bool is_late(const ShadowAnswer& answer) { return answer.outcome == Outcome::late; }

}  // namespace

bool is_same_json(std::string_view one, std::string_view other) {
    return one == other || nlohmann::json::parse(one, nullptr, false) == nlohmann::json::parse(other, nullptr, false);
}

bool is_same(const ShadowAnswer& one, const ShadowAnswer& other) {
    if (is_late(one) || is_late(other)) return false;
    if (one.json && other.json) return is_same_json(*one.json, *other.json);
    return !one.json && !other.json && one.outcome == other.outcome && one.said_reset == other.said_reset;
}

std::string shortened(std::string_view text, std::size_t most) {
    if (text.size() <= most) return std::string(text);
    const auto within = [&](std::size_t at) { return (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80; };
    while (most > 0 && within(most)) --most;
    return std::string(text.substr(0, most)) + "...";
}

std::string text_of(const ShadowAnswer& answer) {
    if (answer.json) return shortened(*answer.json, longest_shown);
    if (answer.said_reset) return "RESET";
    if (!answer.outcome || *answer.outcome == Outcome::ok) return "nothing";
    return std::string(name(*answer.outcome));
}

}  // namespace dragoman
