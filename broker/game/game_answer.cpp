#include "broker/game/game_answer.hpp"

#include <algorithm>

#include "protocol/decode.hpp"
#include "protocol/encode.hpp"
#include "protocol/line.hpp"

namespace dragoman {
namespace {

/// Ranks are not made up: a game that gives none is told so.
void check_result(std::string_view result, const std::vector<std::string>& seats, std::size_t played) {
    const Json json = Json::parse(result, nullptr, false);
    for (std::size_t seat = 0; seat < played; ++seat) {
        const auto mine = json.find(seats[seat]);
        for (const char* key : {"rank", "score"})
            if (mine == json.end() || !mine->is_object() || !mine->contains(key) || !(*mine)[key].is_number())
                throw BadAnswer{"\"result\" needs a number \"" + std::string(key) + "\" for " + seats[seat]};
    }
}

std::size_t seat_of(std::string_view key, const std::vector<std::string>& seats) {
    const auto same = [&](const std::string& name) {
        return name == key || dumps(name) == '"' + std::string(key) + '"';
    };
    const auto seat = static_cast<std::size_t>(std::find_if(seats.begin(), seats.end(), same) - seats.begin());
    if (seat >= seats.size())
        throw BadAnswer{"\"scenes\" has a scene for " + std::string(key) + ", which is no seat of this game"};
    return seat;
}

}  // namespace

GameAnswer read_game_answer(std::string_view json, std::uint64_t frame, const std::vector<std::string>& seats,
                            std::size_t played) {
    GameAnswer answer;
    if (json.empty() || json.front() != '{') throw BadAnswer{"__done__ must be an object"};
    std::string_view scenes;
    std::string_view said_frame;
    for_each_member(json, [&](std::string_view key, std::string_view value) {
        if (key == "over")
            answer.over = value == "true";
        else if (key == "scenes")
            scenes = value;
        else if (key == "result")
            answer.result = value;
        else if (key == "picture" && value != "null")
            answer.picture = value;
        else if (key == "changes")
            answer.changes = value;
        else if (key == "frame")
            said_frame = value;
    });
    if (said_frame != std::to_string(frame))
        throw BadAnswer{"__done__ is for frame " + std::string(said_frame.empty() ? "?" : said_frame) +
                        ", this is frame " + std::to_string(frame)};
    if (scenes.empty() || scenes.front() != '{')
        throw BadAnswer{"__done__ needs \"scenes\", an object with a scene for each seat"};
    for_each_member(scenes, [&](std::string_view key, std::string_view scene) {
        const std::size_t seat = seat_of(key, seats);
        if (scene.front() != '{') throw BadAnswer{"the scene for " + std::string(key) + " is no object"};
        if (seat < played) answer.scenes.emplace_back(seat, scene);
    });
    std::sort(answer.scenes.begin(), answer.scenes.end());
    if (answer.over && (answer.result.empty() || answer.result.front() != '{'))
        throw BadAnswer{"the round is over, so __done__ needs \"result\", an object with rank and score for each seat"};
    if (answer.over) check_result(answer.result, seats, played);
    return answer;
}

void make_changes(const GameAnswer& answer, WorldCalls& calls) {
    if (answer.changes.empty()) return;
    // Few and small: they are parsed for themselves.
    std::string padded(answer.changes);
    padded.append(LineSplitter::padding, ' ');
    simdjson::dom::parser parser;
    try {
        calls.apply(parser.parse(padded.data(), answer.changes.size(), false).value());
    } catch (const CallError& error) {
        throw BadAnswer{error.message + " (" + error.code + ")"};
    }
}

}  // namespace dragoman
