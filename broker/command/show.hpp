#pragma once

#include <memory>
#include <string>
#include <vector>

#include "broker/game/match.hpp"

namespace dragoman::command {

/// Who plays, shown with the picture.
struct ShownPlayer {
    std::string seat;
    std::string script;       // its name, and its version where it is not the first
    std::string before = {};  // the same of the version before it

    void note(const ReloadEvent& event);
};

struct ShowOptions {
    std::string game;
    std::vector<ShownPlayer> players;
    double fps = 30;
    std::string color = "auto";
    std::string draw = "auto";
    std::string cast;
    std::string svg;
    bool quiet = false;
    /// stdout belongs to a program: nothing for people goes there, and nothing is drawn.
    bool data_on_stdout = false;
};

/// What a person sees while a match runs: on a terminal the game and what its scripts say, otherwise plain lines on
/// stderr.
class Show {
public:
    explicit Show(const ShowOptions& options);
    ~Show();

    /// The game is asked for its picture, for the terminal or for a recording.
    bool draws() const;
    /// On a terminal, for somebody to watch.
    bool draws_live() const;
    /// To be called a few times a second while scripts are built.
    void building_goes_on();

    void build(const BuildEvent& event);
    void tick(const TickEvent& event);
    void output(const LiveScript& script, std::string_view text);
    void note(const LiveScript& script, const std::string& text);
    void failure(const LiveScript& script, const Failure& failure);
    void warn(const std::string& text);
    void reload(const ReloadEvent& event);
    /// Leaves the terminal as it was, the last picture above the cursor, and writes the recordings. False where one
    /// could not be written; that was said.
    bool close();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace dragoman::command
