#include "broker/terminal/canvas.hpp"

#include <doctest/doctest.h>

using namespace dragoman;

namespace {

constexpr Rgb black{0, 0, 0}, red{255, 0, 0}, blue{0, 0, 255};

/// A picture of 10 by 10 units with these shapes.
std::string ten(const std::string& shapes) {
    return R"({"width": 10, "height": 10, "background": "#000000", "shapes": [)" + shapes + "]}";
}

std::string problem(const std::string& json) {
    const auto parsed = parse_picture(json);
    const auto* error = std::get_if<PictureError>(&parsed);
    return error ? error->message : "fine";
}

Picture picture(const std::string& json) {
    const auto parsed = parse_picture(json);
    REQUIRE(problem(json) == "fine");
    return std::get<Picture>(parsed);
}

/// Drawn into 10 by 5 cells, so that a unit is a pixel.
Frame drawn(const std::string& shapes, ColorDepth depth = ColorDepth::true_color) {
    return draw(picture(ten(shapes)), {10, 5}, depth);
}

std::optional<Rgb> pixel(const Frame& frame, int x, int y) {
    const Cell& cell = frame.at(x, y / 2);
    return cell.character == U'▀' && y % 2 == 0 ? cell.ink : cell.paper;
}

int count(const Frame& frame, Rgb color) {
    int pixels = 0;
    for (int y = 0; y < 2 * frame.size().rows; ++y)
        for (int x = 0; x < frame.size().columns; ++x) pixels += pixel(frame, x, y) == color;
    return pixels;
}

}  // namespace

TEST_CASE("a rect covers what it says, no more and no less") {
    const Frame frame = drawn(R"({"rect": [2, 3, 4, 5], "color": "#ff0000"})");
    CHECK(count(frame, red) == 20);
    CHECK(count(frame, black) == 80);
    CHECK(pixel(frame, 2, 3) == red);
    CHECK(pixel(frame, 5, 7) == red);
    CHECK(pixel(frame, 1, 3) == black);
    CHECK(pixel(frame, 5, 8) == black);
}

TEST_CASE("later shapes cover earlier ones") {
    const Frame frame =
        drawn(R"({"rect": [0, 0, 10, 10], "color": "#ff0000"}, {"rect": [0, 0, 5, 10], "color": "#0000ff"})");
    CHECK(count(frame, blue) == 50);
    CHECK(count(frame, red) == 50);
}

TEST_CASE("a shape that covers half a pixel is seen as something between, and whole where there are few colours") {
    const std::string half = R"({"rect": [2.5, 2, 3, 2], "color": "#ff0000"})";
    const auto edge = pixel(drawn(half), 2, 2);
    REQUIRE(edge);
    CHECK(edge->red > 100);
    CHECK(edge->red < 255);
    CHECK(pixel(drawn(half, ColorDepth::sixteen), 2, 2) == red);
}

TEST_CASE("what is smaller than a pixel can still be seen") {
    for (const char* shape :
         {R"({"rect": [5, 5, 0.001, 0.001], "color": "#ff0000"})", R"({"line": [5, 5, 5, 5], "color": "#ff0000"})",
          R"({"circle": [5, 5, 0.01], "color": "#ff0000"})"}) {
        const std::string text = shape;
        CAPTURE(text);
        CHECK(count(drawn(text, ColorDepth::sixteen), red) > 0);
    }
}

TEST_CASE("a level line is one pixel high") {
    const Frame frame = drawn(R"({"line": [0, 5, 10, 5], "color": "#ff0000"})");
    CHECK(count(frame, red) == 10);
    CHECK(pixel(frame, 0, 5) == red);
}

TEST_CASE("a circle is round") {
    const Frame frame = drawn(R"({"circle": [5, 5, 5], "color": "#ff0000"})");
    CHECK(pixel(frame, 5, 5) == red);
    CHECK(pixel(frame, 5, 0) != black);
    CHECK(pixel(frame, 0, 0) == black);
    CHECK(pixel(frame, 9, 9) == black);
}

TEST_CASE("text stands over shapes as real characters, on their colour") {
    const Frame frame = drawn(
        R"({"rect": [0, 0, 10, 10], "color": "#0000ff"}, {"text": [1, 2], "value": "Hi <>", "color": "#ff0000"})");
    CHECK(frame.text(1) == " Hi <>");
    CHECK(frame.at(1, 1).ink == red);
    CHECK(frame.at(1, 1).paper == blue);
}

TEST_CASE("a later shape covers text") {
    CHECK(
        drawn(R"({"text": [0, 0], "value": "abcdef", "color": "#ff0000"}, {"rect": [0, 0, 3, 10], "color": "#0000ff"})")
            .text(0) == "   def");
}

TEST_CASE("text that would leave the picture moves to the left, and is cut at last") {
    CHECK(drawn(R"({"text": [8, 0], "value": "12345", "color": "#ff0000"})").text(0) == "     12345");
    CHECK(drawn(R"({"text": [8, 0], "value": "123456789abc", "color": "#ff0000"})").text(0) == "123456789a");
    CHECK(drawn(R"({"text": [0, -3], "value": "above", "color": "#ff0000"})").text(0) == "");
}

TEST_CASE("a wide character takes two cells, and goes whole when half of it is covered") {
    CHECK(drawn(R"({"text": [0, 0], "value": "漢字x", "color": "#ff0000"})").text(0) == "漢字x");
    CHECK(drawn(R"({"text": [0, 0], "value": "漢字x", "color": "#ff0000"}, {"rect": [1, 0, 1, 2], "color": "#0000ff"})")
              .at(0, 0)
              .character != U'漢');
}

TEST_CASE("control characters in a picture's text drive nothing") {
    const Frame frame = drawn(R"({"text": [0, 0], "value": "a\u001b[2Jb", "color": "#ff0000"})");
    CHECK(frame.text(0) == "a^[[2Jb");
}

TEST_CASE("the picture's shape is kept: what does not fit is the terminal's own") {
    const Frame frame = draw(picture(ten("")), {40, 5}, ColorDepth::true_color);
    CHECK(count(frame, black) == 100);
    CHECK(!frame.at(0, 0).paper);
    CHECK(frame.at(15, 0).paper == black);
    CHECK(fitting(picture(ten("")), {80, 20}) == Size{40, 20});
    CHECK(fitting(picture(ten("")), {10, 20}) == Size{10, 5});
}

TEST_CASE("without colours, shades stand for what differs from the background") {
    const Frame frame =
        drawn(R"({"rect": [0, 0, 5, 10], "color": "#ffffff"}, {"rect": [5, 0, 2, 10], "color": "#333333"})",
              ColorDepth::none);
    CHECK(frame.text(0) == "@@@@@::");
    CHECK(!frame.at(0, 0).ink);
    CHECK(!frame.at(0, 0).paper);
}

TEST_CASE("degenerate sizes are drawn as far as there is room") {
    const Picture some = picture(
        ten(R"({"circle": [5, 5, 5], "color": "#ff0000"}, {"text": [0, 0], "value": "漢", "color": "#ff0000"})"));
    for (const Size size : {Size{0, 0}, Size{1, 1}, Size{1, 50}, Size{300, 1}, Size{-5, 7}, Size{100'000, 100'000}}) {
        const Frame frame = draw(some, size, ColorDepth::true_color);
        CHECK(frame.size().columns <= 500);
    }
    const Picture thin =
        picture(R"({"width": 1e9, "height": 1e-6, "shapes": [{"rect": [0, 0, 1e9, 1], "color": "#ff0000"}]})");
    CHECK(count(draw(thin, {10, 5}, ColorDepth::true_color), red) > 0);
}

TEST_CASE("huge numbers are clipped") {
    const Frame frame = drawn(
        R"({"rect": [-1e300, -1e300, 1e308, 1e308], "color": "#0000ff"}, {"circle": [1e18, 1e18, 1e9], "color": "#ff0000"},
           {"line": [-1e300, 5, 1e300, 5], "color": "#ff0000"}, {"text": [1e300, 1e300], "value": "far", "color": "#ff0000"},
           {"text": [-1e300, 0], "value": "far", "color": "#ff0000"}, {"rect": [0, 0, -5, 3], "color": "#ff0000"})");
    CHECK(count(frame, red) == 10);
}

TEST_CASE("a million shapes are drawn as far as the budget goes, in bounded time") {
    std::string shapes;
    while (shapes.size() < most_picture_bytes - 100'000) shapes += R"({"rect":[0,0,10,10],"color":"#ff0000"},)";
    shapes.pop_back();
    const Picture many = picture(ten(shapes));
    CHECK(many.shapes.size() == most_shapes);
    CHECK(many.left_out > 0);
    CHECK(count(draw(many, {10, 5}, ColorDepth::true_color), red) == 100);
    CHECK(problem(std::string(most_picture_bytes + 1, ' ')) == "expected at most 4194304 bytes, there are 4194305");
}

TEST_CASE("a bad picture is told with its place and what was expected") {
    CHECK(problem("[1]") == "expected an object");
    CHECK(problem("{") != "fine");
    CHECK(problem(R"({"width": 3, "shapes": []})") == "height: missing, expected a number above 0");
    CHECK(problem(R"({"width": 0, "height": 3, "shapes": []})") == "width: expected a number above 0");
    CHECK(problem(R"({"width": 3, "height": 3, "shapes": {}})") == "shapes: expected a list");
    CHECK(problem(R"({"width": 3, "height": 3, "background": "red", "shapes": []})") ==
          "background: expected a colour such as \"#4080ff\"");
    const std::string good = R"({"line": [0, 0, 1, 1], "color": "#ffffff"}, )";
    CHECK(problem(ten(good + R"({"rect": [1, 2, 3], "color": "#ffffff"})")) == "shapes[1].rect: expected 4 numbers");
    CHECK(problem(ten(good + R"({"circle": [1, 2, "3"], "color": "#ffffff"})")) ==
          "shapes[1].circle: expected 3 numbers");
    CHECK(problem(ten(good + R"({"circle": [1, 2, 3]})")) == "shapes[1].color: missing");
    CHECK(problem(ten(good + R"({"text": [1, 2], "color": "#ffffff"})")) == "shapes[1].value: expected a text");
    CHECK(problem(ten(good + "7")) == "shapes[1]: expected an object");
    CHECK(problem(ten(R"({"star": [1, 2], "color": "#ffffff"})")) == "shapes[0]: expected rect, circle, line or text");
}
