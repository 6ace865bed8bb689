// A game: everybody guesses a number, and hears whether it was too low or too high. Its dragoman.toml says at least
//     name = "guess"    script = "this_file.cpp"    [players] names = ["1P", "2P"]
#include <dragoman.hpp>

#include <string>

class Game : public dragoman::Game {
public:
    // A round begins. The world is empty: what it shall hold is declared and created here.
    void setup() override {
        over_ = false;
        world.component("Secret", "number: i32");
        world.component("Guess", "seat: text", "hint: text", "tries: i32");
        world.create({{"Secret", {{"number", random() % 100 + 1}}}});
        for (const std::string& seat : players) world.create({{"Guess", {{"seat", seat}, {"hint", "none"}}}});
    }

    // One tick: commands[seat] is what that player returned, or null. True ends the round.
    bool update(const json& commands) override {
        const int secret = world.one("Secret")[0]["number"];
        over_ = frame >= 100;
        for (const auto& row : world.query({"Guess"})) {
            const json& guess = row[0];
            const json command = commands.value(guess["seat"].get<std::string>(), json());
            if (!command.is_number()) continue;
            const int number = command;
            const char* hint = number < secret ? "higher" : number > secret ? "lower" : "right";
            world.set(row.entity, "Guess", {{"hint", hint}, {"tries", guess["tries"].get<int>() + 1}});
            over_ = over_ || number == secret;
        }
        return over_;
    }

    // What each player sees. `status` is GAME_ALIVE as long as the round goes on.
    json scenes() override {
        json scenes = json::object();
        for (const auto& row : world.query({"Guess"}))
            scenes[row[0]["seat"].get<std::string>()] = {{"frame", frame},
                                                         {"status", over_ ? "GAME_OVER" : "GAME_ALIVE"},
                                                         {"hint", row[0]["hint"]},
                                                         {"tries", row[0]["tries"]}};
        return scenes;
    }

    // Asked for when the round is over. Equal ranks are a draw.
    json result() override {
        json result = json::object();
        for (const auto& row : world.query({"Guess"})) {
            const bool won = row[0]["hint"] == "right";
            result[row[0]["seat"].get<std::string>()] = {{"rank", won ? 1 : 2}, {"score", won ? 1 : 0}};
        }
        return result;
    }

    // Optional: what the broker draws.
    json picture() override {
        json shapes = json::array();
        for (const auto& row : world.query({"Guess"})) {
            const std::string line = row[0]["seat"].get<std::string>() + ": " + row[0]["hint"].get<std::string>();
            shapes.push_back({{"text", {4, 4 + 12 * shapes.size()}}, {"value", line}, {"color", "#cccccc"}});
        }
        return {{"width", 200}, {"height", 100}, {"background", "#101018"}, {"shapes", shapes}};
    }

private:
    bool over_ = false;
};
