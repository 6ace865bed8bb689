// What the library needs to know about a script. src/main.cpp fills it in; nobody else includes this. C++11.
#pragma once
#include <dragoman/state.hpp>
#include <nlohmann/json.hpp>

#include <string>

namespace dragoman {

class Game;

/// One scene as it lies in the line reader's buffer: valid until the next line is read, followed by readable padding.
struct SceneText {
    const char* begin;
    const char* end;
};

/// A player's script behind the few calls that the loop makes.
class Player {
public:
    virtual ~Player() {}
    virtual void construct() = 0;
    /// Appends the command as JSON. True when the scene says that the round is over.
    virtual bool update(SceneText scene, std::string& command) = 0;
    virtual void reset() = 0;
};

struct Script {
    Player* (*player)();  ///< null where the script defines no MLPlay
    Game* (*game)();      ///< null where the script defines no Game
    void (*flush)();      ///< empties buffers of the script's own output; may be null
    GiveState give;       ///< hooks of its MLPlay or Game; null where it has none
    TakeState take;
};

/// Defined by src/main.cpp.
extern const Script script;

nlohmann::json parse_json(const char* begin, const char* end);
void append_json(std::string& out, const nlohmann::json& value);
bool round_is_over(const nlohmann::json& scene);
const nlohmann::json& init_args();

}  // namespace dragoman
