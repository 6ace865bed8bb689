#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "protocol/message.hpp"

namespace dragoman {

/// When in a tick a system runs: all of one before any of the next.
enum class Order { startup, pre_update, update, post_update };
inline constexpr Order orders[] = {Order::startup, Order::pre_update, Order::update, Order::post_update};
std::string_view name(Order order);  // "Startup", "PreUpdate", "Update", "PostUpdate"

/// How a written column is written.
enum class WriteMode {
    replace,   // into a second buffer, which takes the first one's place when all is well
    in_place,  // at once: quicker, and torn where the script fails in the middle
};
std::string_view name(WriteMode mode);  // "replace", "in_place"

struct ComponentDeclaration {
    std::string name;
    std::vector<std::string> fields;
};

/// What a script says of one of its systems. See docs/protocol.md, section 8.
struct SystemDeclaration {
    std::string name;
    Order order = Order::update;
    std::vector<std::string> before;
    std::vector<std::string> after;
    std::vector<std::string> read;
    std::vector<std::string> write;
    std::vector<std::string> with;
    std::vector<std::string> without;
    std::vector<std::string> optional;
    std::vector<std::string> changed;
    std::optional<WriteMode> mode;
    bool exclusive = false;
    std::uint64_t creates = 0;
    /// Runs in each so-manieth tick; or, where `rate` is set, so many times in a second of the game's time.
    std::uint64_t every = 1;
    std::optional<double> rate;
};

struct Declarations {
    std::vector<ComponentDeclaration> components;
    std::vector<SystemDeclaration> systems;
};

inline constexpr std::uint64_t most_creates = std::uint64_t{1} << 22;

/// What a script said hello with; or what is wrong with it, in a sentence for its author.
std::variant<Declarations, std::string> read_declarations(const Hello& hello);

}  // namespace dragoman
