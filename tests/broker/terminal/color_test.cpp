#include "broker/terminal/color.hpp"

#include <doctest/doctest.h>

#include <map>

using namespace dragoman;

namespace {

using Variables = std::map<std::string, std::string>;

std::string_view depth(ColorChoice choice, bool terminal, const Variables& variables) {
    return name(color_depth(choice, terminal, [&](const char* variable) -> const char* {
        const auto found = variables.find(variable);
        return found == variables.end() ? nullptr : found->second.c_str();
    }));
}

const Variables xterm{{"TERM", "xterm-256color"}};
constexpr auto automatic = ColorChoice::automatic;

}  // namespace

TEST_CASE("a terminal gets the colours that it says it has, a file none") {
    CHECK(depth(automatic, true, {{"TERM", "xterm-256color"}, {"COLORTERM", "truecolor"}}) == "true_color");
    CHECK(depth(automatic, true, xterm) == "palette");
    CHECK(depth(automatic, true, {{"TERM", "linux"}}) == "sixteen");
    CHECK(depth(automatic, true, {{"TERM", "dumb"}}) == "none");
    CHECK(depth(automatic, true, {}) == "none");
    CHECK(depth(automatic, false, xterm) == "none");
}

TEST_CASE("what the user said goes before NO_COLOR, and that before CLICOLOR_FORCE") {
    Variables variables = xterm;
    variables["CLICOLOR_FORCE"] = "1";
    CHECK(depth(automatic, false, variables) == "palette");
    variables["NO_COLOR"] = "1";
    CHECK(depth(automatic, true, variables) == "none");
    CHECK(depth(ColorChoice::always, false, variables) == "palette");
    CHECK(depth(ColorChoice::never, true, {{"CLICOLOR_FORCE", "1"}}) == "none");
    CHECK(depth(ColorChoice::always, false, {}) == "sixteen");
    CHECK(depth(automatic, false, {{"CLICOLOR_FORCE", "0"}, {"TERM", "xterm"}}) == "none");
    CHECK(depth(automatic, true, {{"NO_COLOR", ""}, {"TERM", "xterm"}}) == "sixteen");
}

TEST_CASE("a colour becomes the nearest one that there is") {
    CHECK(foreground(Rgb{255, 128, 1}, ColorDepth::true_color) == "38;2;255;128;1");
    CHECK(background(Rgb{255, 0, 0}, ColorDepth::palette) == "48;5;196");
    CHECK(background(Rgb{128, 128, 128}, ColorDepth::palette) == "48;5;244");
    CHECK(foreground(Rgb{0, 0, 0}, ColorDepth::palette) == "38;5;16");
    CHECK(foreground(Rgb{250, 250, 250}, ColorDepth::sixteen) == "97");
    CHECK(background(Rgb{200, 10, 10}, ColorDepth::sixteen) == "41");
    CHECK(foreground(std::nullopt, ColorDepth::true_color) == "39");
    CHECK(background(Rgb{1, 2, 3}, ColorDepth::none) == "49");
}

TEST_CASE("colours are #rrggbb and nothing else") {
    CHECK(parse_color("#4080fF") == Rgb{0x40, 0x80, 0xff});
    CHECK(hex(Rgb{0x40, 0x80, 0xff}) == "#4080ff");
    for (const char* bad : {"", "#", "4080ff", "#4080f", "#4080fff", "#40 0ff", "red"}) CHECK(!parse_color(bad));
    CHECK(!color_choice("sometimes"));
}
