#include "loops.hpp"

namespace dragoman {

bool round_is_over(const nlohmann::json& scene) {
    const auto status = scene.find("status");
    return status != scene.end() && *status != "GAME_ALIVE";
}

void play(Session& session, Player& player) {
    static constexpr std::string_view header = "__command__ ";
    doing.what = "MLPlay's constructor";
    session.init();
    player.construct();
    doing.what = "restore_state";
    session.say_ready();
    std::string line;
    while (true) {
        const SceneText scene = session.wait_for_scene();
        doing.what = "MLPlay::update";
        ++doing.count;
        line = header;
        session.reader().pin();
        const bool over = player.update(scene, line);
        session.reader().unpin();
        if (!over && line.compare(header.size(), std::string::npos, "\"RESET\"") != 0) {
            session.send(line);
            continue;
        }
        session.say_reset();
        doing.what = "MLPlay::reset";
        player.reset();
        session.say_ready();
    }
}

}  // namespace dragoman
