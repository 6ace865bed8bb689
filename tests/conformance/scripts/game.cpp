// The counter game of the conversations: see ../README.md.
#include <dragoman.hpp>

#include <functional>
#include <map>
#include <stdexcept>
#include <string>

class Game : public dragoman::Game {
public:
    void setup() override {
        world.component("Count", "n: i32");
        n_ = params.value("start", 0);
        entity_ = world.create({{"Count", {{"n", n_}}}});
        over_ = false;
    }

    bool update(const json& commands) override {
        const json& command = commands.at("1P");
        if (command.is_null()) {
            if (absent.contains("1P")) n_ = -2;
        } else if (command.is_number_integer()) {
            n_ = count() + command.get<int>();
            world.set(entity_, "Count", {{"n", n_}});
        } else {
            obey(command.get<std::string>());
        }
        return over_;
    }

    json scenes() override {
        return {
            {"1P", {{"frame", frame}, {"status", over_ ? "GAME_OVER" : "GAME_ALIVE"}, {"n", n_}, {"round", round}}}};
    }

    json result() override { return {{"1P", {{"rank", 1}, {"score", n_}}}}; }

    json picture() override {
        const json shape = {{"text", {0, 0}}, {"value", std::to_string(n_)}, {"color", "#ffffff"}};
        return {{"width", 100}, {"height", 100}, {"background", "#000000"}, {"shapes", json::array({shape})}};
    }

private:
    int count() { return world.get(entity_, "Count").at("n"); }

    void obey(const std::string& command) {
        const json here = {{"entity", entity_}, {"component", "Count"}};
        if (command == "check") {
            world.set(entity_, "Count", {{"n", 100}});
            n_ = count();
        } else if (command == "query") {
            n_ = 0;
            for (const auto& row : world.query({"Count"})) n_ += row[0].at("n").get<int>();
        } else if (command == "one") {
            n_ = world.one("Count")[0].at("n");
        } else if (command == "batch") {
            json set = here;
            set["values"] = {{"n", 5}};
            n_ = world.batch({{"set", set}, {"get", here}}).at(1).at("n");
        } else if (command == "missing") {
            try {
                world.get(entity_, "Missing");
            } catch (const dragoman::Error&) {
                n_ = -1;
            }
        } else if (command == "more") {
            world.create({{"Count", {{"n", 1}}}});
        } else if (command == "move") {
            world.remove(entity_, "Count");
            world.add(entity_, "Count", {{"n", 9}});
            n_ = world.has(entity_, "Count") ? 1 : 0;
        } else if (command == "destroy") {
            world.destroy(entity_);
            n_ = world.alive(entity_) ? 1 : 0;
        } else if (command == "log") {
            dragoman::log("info", "tick");
        } else if (command == "fail") {
            throw std::runtime_error("raised in update");
        } else if (command == "end") {
            over_ = true;
        }
    }

    dragoman::Entity entity_ = 0;
    int n_ = 0;
    bool over_ = false;
};
