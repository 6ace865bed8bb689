// The client's own JSON against nlohmann's: the same values, and a refusal wherever it refuses.
#include <doctest/doctest.h>

#include <dragoman/scene.hpp>
#include <dragoman/script.hpp>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "scan.hpp"
#include "write_json.hpp"

using nlohmann::json;

namespace {

/// A text as the line reader hands it out: a zero byte behind it, then padding. Exactly as much as promised, so that a
/// sanitizer sees a step too far.
class Text {
public:
    explicit Text(const std::string& text) : bytes_(text.begin(), text.end()) {
        bytes_.resize(text.size() + dragoman::scan::scan_padding, ' ');
        bytes_[text.size()] = '\0';
        size_ = text.size();
    }
    const char* begin() const { return bytes_.data(); }
    const char* end() const { return bytes_.data() + size_; }
    json parse() const { return dragoman::parse_json(begin(), end()); }
    dragoman::SceneText scene() const { return {begin(), end()}; }

private:
    std::vector<char> bytes_;
    std::size_t size_;
};

std::string written(const json& value) {
    std::string out;
    dragoman::append_json(out, value);
    return out;
}

bool refuses(const std::string& text) {
    try {
        Text(text).parse();
        return false;
    } catch (const std::invalid_argument&) {
        return true;
    }
}

json random_value(std::mt19937& random, int depth) {
    switch (random() % (depth > 0 ? 10 : 7)) {
        case 0:
            return nullptr;
        case 1:
            return random() % 2 == 0;
        case 2:
            return static_cast<std::int64_t>(random()) - (1LL << 31);
        case 3:
            return (static_cast<std::uint64_t>(random()) << 32 | random()) >> (random() % 64);
        case 4:
            return std::ldexp(static_cast<double>(random()) - 2e9, static_cast<int>(random() % 200) - 100);
        case 5:
            return static_cast<int>(random() % 4000) / 8.0;
        case 6: {
            std::string text;
            for (std::size_t i = random() % 90; i > 0; --i) text += "ab\"\\\n{}[],: \x01z\x7f"[random() % 16];
            if (random() % 3 == 0) text += "é 中 😀";
            return text;
        }
        case 7: {
            json object = json::object();
            for (std::size_t i = random() % 6; i > 0; --i)
                object[random_value(random, 0).dump()] = random_value(random, depth - 1);
            return object;
        }
        default: {
            json list = json::array();
            for (std::size_t i = random() % 9; i > 0; --i) list.push_back(random_value(random, depth - 1));
            return list;
        }
    }
}

/// Goes through everything that the view of a scene offers.
std::size_t walk(const dragoman::Value& value) {
    std::size_t count = 1;
    if (value.is_list())
        for (const auto element : value) count += walk(element);
    else if (value.is_object())
        for (const auto [key, member] : value.members()) count += key.size() + walk(member);
    else if (value.is_string())
        count += value.to_string().size();
    else if (value.is_number())
        count += value.to_double() > 0 ? 1 : 0;
    return count;
}

/// The same value, by way of the view.
json rebuilt(const dragoman::Value& value) {
    if (value.is_list()) {
        json list = json::array();
        for (const auto element : value) list.push_back(rebuilt(element));
        return list;
    }
    if (!value.is_object()) return value.to_json();
    json object = json::object();
    for (const auto [key, member] : value.members()) object[key] = rebuilt(member);
    return object;
}

}  // namespace

TEST_CASE("what nlohmann writes is read as the same value, and written so that nlohmann reads it") {
    std::mt19937 random(1);
    for (int i = 0; i < 3000; ++i) {
        const json value = {{"value", random_value(random, 4)}};
        const std::string text = i % 2 == 0 ? value.dump() : value.dump(2, ' ', true);
        INFO(text);
        REQUIRE(Text(text).parse() == value);
        REQUIRE(json::parse(written(value)) == value);
        const Text ours(written(value));
        REQUIRE(rebuilt(dragoman::Value(dragoman::Scene(ours.scene()))) == value);
    }
}

TEST_CASE("a text that was damaged is refused where nlohmann refuses it, and read the same otherwise") {
    std::mt19937 random(2);
    for (int i = 0; i < 20000; ++i) {
        std::string text = json({{"v", random_value(random, 3)}}).dump(-1, ' ', true);
        for (std::size_t k = random() % 3; k < 3; ++k) {
            const std::size_t at = random() % text.size();
            switch (random() % 3) {
                case 0:
                    text[at] = "\"\\{}[],:0-.e "[random() % 13];
                    break;
                case 1:
                    text.erase(at, 1 + random() % 3);
                    break;
                default:
                    text.insert(at, 1, "\"\\{}[],:0-.e "[random() % 13]);
                    break;
            }
            if (text.empty()) text = "0";
        }
        INFO(text);
        const json expected = json::parse(text, nullptr, false);
        if (expected.is_discarded()) {
            // Half a surrogate pair is all that we take and nlohmann does not: Python writes it.
            if (text.find("\\u") == std::string::npos) REQUIRE(refuses(text));
        } else {
            REQUIRE(Text(text).parse() == expected);
        }
        try {
            walk(dragoman::Scene(Text(text).scene()));
        } catch (const std::exception&) {  // it may refuse; it may not step outside
        }
    }
}

TEST_CASE("numbers are written as Python writes them") {
    CHECK(written(5.0) == "5.0");
    CHECK(written(-0.0) == "-0.0");
    CHECK(written(0.1) == "0.1");
    CHECK(written(0.0001) == "0.0001");
    CHECK(written(0.00001) == "1e-05");
    CHECK(written(1e15) == "1000000000000000.0");
    CHECK(written(1e16) == "1e+16");
    CHECK(written(1.5e300) == "1.5e+300");
    CHECK(written(18446744073709551615U) == "18446744073709551615");
    CHECK_THROWS_AS(written(std::nan("")), std::invalid_argument);
    CHECK_THROWS_AS(written(std::numeric_limits<double>::infinity()), std::invalid_argument);
}

TEST_CASE("text is ASCII on the wire") {
    CHECK(written("é 中 😀 \x7f\n\"") == "\"\\u00e9 \\u4e2d \\ud83d\\ude00 \\u007f\\n\\\"\"");
    CHECK_THROWS_AS(written("\xff"), std::invalid_argument);
    std::string message;
    dragoman::append_message(message, "a\xff z");
    CHECK(message == "\"a\\ufffd z\"");
}

TEST_CASE("nesting ends at 256") {
    CHECK(!refuses(std::string(256, '[') + std::string(256, ']')));
    CHECK(refuses(std::string(257, '[') + std::string(257, ']')));
    CHECK(refuses(std::string(100000, '[')));
}

TEST_CASE("a scene is looked into by name, by index and by type") {
    const Text text(
        R"({"frame": 7, "status": "GAME_ALIVE", "ball": [93, -395.5], "n": null, "t": true, )"
        R"("bricks": [[1, 2, 3], [4, 5, 6]], "say": "a\nb \u00e9", "k\u00e9y": 1, "empty": [], "last": {"x": 1}})");
    const dragoman::Scene scene(text.scene());
    CHECK(scene.alive());
    CHECK(scene.frame() == 7);
    CHECK(int(scene["last"]["x"]) == 1);
    CHECK(int(scene["ball"][0]) == 93);
    CHECK(double(scene["ball"][1]) == -395.5);
    CHECK(int(scene["ball"][1]) == -395);
    CHECK(bool(scene["t"]));
    CHECK(scene["say"] == "a\nb é");
    CHECK(std::string(scene["say"]) == "a\nb é");
    CHECK(int(scene["kéy"]) == 1);
    CHECK(scene["empty"].empty());
    CHECK(scene["bricks"].size() == 2);
    CHECK(scene["bricks"].get<std::vector<std::array<int, 3>>>()[1][2] == 6);
    CHECK_THROWS_AS((scene["bricks"].get<std::vector<std::array<int, 2>>>()), std::invalid_argument);
    CHECK(scene["n"].get<std::optional<int>>() == std::nullopt);
    CHECK(scene.value("n", 4) == 4);
    CHECK(scene.value("none", "text") == "text");
    CHECK(!scene.contains("nothing"));
    CHECK_THROWS_WITH(scene["nothing"], "the scene has no \"nothing\" here");
    CHECK_THROWS_WITH((void)int(scene["say"]), R"(a number was expected, there is "a\nb \u00e9")");
    CHECK_THROWS_AS(scene["ball"][2], std::out_of_range);
    CHECK(scene["ball"][0] == 93);
    CHECK(scene["ball"][0] != 0);
    CHECK(scene["ball"][1] < 0);
    CHECK(scene["ball"][1] == -395.5);
    CHECK(scene["t"] == true);
    CHECK(!(scene["say"] == 0));
    const json copy = scene["bricks"];
    CHECK(copy == json({{1, 2, 3}, {4, 5, 6}}));
    int sum = 0;
    for (const auto brick : scene["bricks"])
        for (const int number : brick) sum += number;
    CHECK(sum == 21);
}

TEST_CASE("a scene with more members than are remembered") {
    json many;
    for (int i = 0; i < 100; ++i) many["key" + std::to_string(i)] = i;
    const Text text(many.dump());
    const dragoman::Scene scene(text.scene());
    for (int i = 99; i >= 0; --i) CHECK(int(scene["key" + std::to_string(i)]) == i);
    CHECK(!scene.contains("key100"));
}
