#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocol/outcome.hpp"

namespace dragoman {

/// What a script did with one scene: the one that plays, or the one that is its shadow.
struct ShadowAnswer {
    std::optional<Outcome> outcome;        // nothing: it was not asked to the end
    std::optional<std::string_view> json;  // nothing: it sent none in time
    bool said_reset = false;
};

/// Whether two texts are the same JSON: 1 and 1.0 are, and objects whatever the order of their members.
bool is_same_json(std::string_view one, std::string_view other);

/// A late answer is like no other, not even like another late one: nobody knows what it would have been.
bool is_same(const ShadowAnswer& one, const ShadowAnswer& other);

/// The text, or its beginning where it is longer than so many bytes; never a part of a character.
std::string shortened(std::string_view text, std::size_t most);

/// In words, on one line: its JSON, shortened, or why there is none.
std::string text_of(const ShadowAnswer& answer);

}  // namespace dragoman
