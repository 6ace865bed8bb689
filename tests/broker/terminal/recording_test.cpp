#include "broker/terminal/recording.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <sstream>

using namespace dragoman;

namespace {

std::filesystem::path scratch(const std::string& name) {
    return std::filesystem::temp_directory_path() / ("dragoman_" + std::to_string(getpid()) + "_" + name);
}

std::string take(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    std::filesystem::remove(file);
    return text.str();
}

std::vector<nlohmann::json> lines_of(const std::string& text) {
    std::vector<nlohmann::json> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(nlohmann::json::parse(line));
    return lines;
}

/// A dot that moves, and a text that counts.
Frame frame(int i, Size size = {30, 10}) {
    Frame frame(size);
    for (int row = 0; row < size.rows; ++row)
        for (int x = 0; x < size.columns; ++x) frame.at(x, row).paper = Rgb{16, 16, 24};
    frame.at(i % size.columns, 3) = {U'▀', Rgb{255, 0, 0}, Rgb{0, 0, 255}, false};
    frame.write(0, size.rows - 1, "<" + std::to_string(i) + " & 漢\">");
    return frame;
}

std::vector<Moment> film(int frames) {
    std::vector<Moment> moments;
    for (int i = 0; i < frames; ++i) moments.push_back({std::chrono::duration<double>(i / 30.0), frame(i)});
    moments.back().frame.write(0, 0, "<over & \"out\">");
    return moments;
}

/// "well formed", or the place where elements do not match.
std::string form_of(std::string_view svg) {
    std::vector<std::string> open;
    for (std::size_t at = svg.find('<'); at != std::string_view::npos; at = svg.find('<', at + 1)) {
        const auto end = svg.find('>', at);
        if (end == std::string_view::npos) return "no end at " + std::to_string(at);
        const std::string_view tag = svg.substr(at + 1, end - at - 1);
        if (tag.starts_with('/')) {
            if (open.empty() || open.back() != tag.substr(1)) return "unexpected <" + std::string(tag) + ">";
            open.pop_back();
        } else if (!tag.ends_with('/')) {
            open.emplace_back(tag.substr(0, tag.find(' ')));
        }
    }
    return open.empty() ? "well formed" : "open: " + open.back();
}

std::size_t times(std::string_view text, std::string_view part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++count;
    return count;
}

}  // namespace

TEST_CASE("a cast is a header and events whose times do not go back") {
    const auto file = scratch("a.cast");
    CastWriter cast(file, "pong \"1\"");
    cast.add(std::chrono::seconds(0), frame(0));
    cast.add(std::chrono::milliseconds(1500), frame(1));
    cast.add(std::chrono::milliseconds(1400), frame(2));
    cast.add(std::chrono::seconds(2), frame(2));
    cast.add(std::chrono::seconds(3), frame(2, {40, 12}));
    CHECK(!cast.close());

    const auto lines = lines_of(take(file));
    CHECK(lines[0]["version"] == 2);
    CHECK(lines[0]["width"] == 30);
    CHECK(lines[0]["height"] == 10);
    CHECK(lines[0]["title"] == "pong \"1\"");
    REQUIRE(lines.size() == 8);  // the screen's beginning, four changes, one of them with a new size, and the end
    double before = 0;
    for (std::size_t i = 1; i < lines.size(); ++i) {
        CHECK(lines[i][0].get<double>() >= before);
        before = lines[i][0];
    }
    CHECK(lines[5][1] == "r");
    CHECK(lines[5][2] == "40x12");
}

TEST_CASE("a file that cannot be written is said") {
    CastWriter cast("/nonexistent/a.cast", "");
    cast.add({}, frame(0));
    CHECK(cast.close() == "cannot write /nonexistent/a.cast");
    SvgWriter svg("/nonexistent/a.svg", "");
    CHECK(svg.close() == "cannot write /nonexistent/a.svg: nothing was drawn");
    svg.add({}, frame(0));
    CHECK(svg.close() == "cannot write /nonexistent/a.svg");
}

TEST_CASE("a moving picture is well-formed and has every frame") {
    const std::string svg = svg_text(film(20), "a <b>");
    CHECK(form_of(svg) == "well formed");
    CHECK(times(svg, "<g transform=\"translate(") == 20);
    CHECK(svg.find("a &lt;b&gt;") != std::string::npos);
    CHECK(svg.find(">&lt;over &amp; &quot;out&quot;&gt;</text>") != std::string::npos);
    CHECK(svg.find("steps(19,end)") != std::string::npos);
}

TEST_CASE("what stays is drawn once") { CHECK(times(svg_text(film(20), ""), "fill=\"#101018\" d=\"M0 0h30v") == 1); }

TEST_CASE("one frame makes a picture that stands still, none an empty file") {
    const std::string svg = svg_text(film(1), "");
    CHECK(form_of(svg) == "well formed");
    CHECK(svg.find("animation") == std::string::npos);
    CHECK(svg_text({}, "") == "");
}

TEST_CASE("what is blank in every frame, at the right and at the bottom, is cut off") {
    std::vector<Moment> moments(3, Moment{{}, Frame(Size{100, 50})});
    moments[1].frame.write(0, 4, "0123456789");
    CHECK(svg_text(moments, "").find("viewBox=\"0 0 104 104\"") != std::string::npos);
}

TEST_CASE("a long match is sampled: few frames, the last one among them, and not too many bytes") {
    const std::string svg = svg_text(film(1000), "", 50);
    CHECK(times(svg, "<g transform=\"translate(") <= 50);
    CHECK(svg.find("&lt;over ") != std::string::npos);
    CHECK(svg_text(film(1000), "", 100, 20'000).size() <= 20'000);
}

TEST_CASE("the writer keeps a bounded number of frames and the last one") {
    const auto file = scratch("a.svg");
    SvgWriter writer(file, "pong");
    for (int i = 0; i < 3000; ++i) writer.add(std::chrono::milliseconds(33 * i), frame(i));
    writer.add(std::chrono::seconds(100), film(1).back().frame);
    CHECK(!writer.close());
    const std::string svg = take(file);
    CHECK(form_of(svg) == "well formed");
    CHECK(times(svg, "<g transform=\"translate(") <= SvgWriter::most_frames);
    CHECK(svg.find("&lt;over ") != std::string::npos);
}
