#include "loops.hpp"
#include "write_json.hpp"

#include <dragoman/game.hpp>

namespace dragoman {

using nlohmann::json;

Game::Game() {
    const json& about = init().dragoman;
    params = about.value("params", json::object());
    players = about.value("players", std::vector<std::string>());
    seed = about.value("seed", std::uint64_t{0});
    absent = json::object();
}

class GameLoop {
public:
    GameLoop(Session& session, Game& game) : session_(session), game_(game) {}

    void tick(const json& update) {
        const bool start = update.value("start", false);
        take_over(update, start);
        game_.world.take_changes();
        bool over = false;
        if (start) {
            doing.what = "Game::setup";
            game_.setup();
        } else {
            doing.what = "Game::update";
            over = game_.update(update.value("commands", json::object()));
        }
        answer(update, over);
    }

private:
    /// Taken from every tick, not counted here: a script that is started anew in mid-match must see the same.
    void take_over(const json& update, bool start) {
        const bool is_fresh = game_.round == 0;
        game_.frame = update.value("frame", game_.frame);
        game_.round = update.value("round", std::int64_t{1});
        game_.seed = update.value("seed", game_.seed);
        game_.dt = update.value("dt", 0.0);
        game_.absent = update.value("absent", json::object());
        game_.lost = update.value("lost", std::vector<std::string>());
        if (start || is_fresh) game_.random.seed(game_.seed);
    }

    void answer(const json& update, bool over) {
        line_ = "__done__ {\"frame\": ";
        append_json(line_, update.value("frame", json(0)));
        line_ += over ? ", \"over\": true, \"scenes\": " : ", \"over\": false, \"scenes\": ";
        doing.what = "Game::scenes";
        append_json(line_, game_.scenes());
        if (over) {
            doing.what = "Game::result";
            line_ += ", \"result\": ";
            append_json(line_, game_.result());
        }
        if (update.value("draw", false)) {
            doing.what = "Game::picture";
            if (const json picture = game_.picture(); !picture.is_null()) {
                line_ += ", \"picture\": ";
                append_json(line_, picture);
            }
        }
        line_ += ", \"changes\": [";
        line_ += game_.world.take_changes();
        line_ += "]}";
        session_.send(line_);
    }

    Session& session_;
    Game& game_;
    std::string line_;
};

void run_game(Session& session, Game* (*make)()) {
    doing.what = "Game's constructor";
    session.init();
    Game& game = *make();
    GameLoop loop(session, game);
    doing.what = "restore_state";
    session.say_ready();
    while (true) {
        const SceneText text = session.wait_for_update();
        ++doing.count;
        loop.tick(parse_json(text.begin, text.end));
    }
}

void serve_verbs(Session& session) {
    session.init();
    doing.what = "restore_state";
    session.say_ready();
    while (true) {
        // A script of verbs has nothing to do in a tick of its own.
        const SceneText text = session.wait_for_update();
        std::string line = "__done__ {\"frame\": ";
        append_json(line, parse_json(text.begin, text.end).value("frame", json(0)));
        line += ", \"changes\": []}";
        session.send(line);
    }
}

}  // namespace dragoman
