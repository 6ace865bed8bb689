// A game that hands on its sum: see ../README.md.
#include <dragoman.hpp>

#include <map>
#include <string>

class Game : public dragoman::Game {
public:
    void setup() override { n_ = 0; }

    bool update(const json& commands) override {
        const json& command = commands.at("1P");
        if (command.is_number()) n_ += command.get<int>();
        return false;
    }

    json scenes() override { return {{"1P", {{"frame", frame}, {"status", "GAME_ALIVE"}, {"n", n_}}}}; }

    json result() override { return json::object(); }

    std::map<std::string, int> preserve_state() { return {{"n", n_}}; }

    void restore_state(const std::map<std::string, int>& data) { n_ = data.at("n"); }

private:
    int n_ = 0;
};
