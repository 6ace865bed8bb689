#include "tests/bench/scene.hpp"

#include "protocol/encode.hpp"

namespace dragoman::bench {

std::string scene_of(std::size_t size) {
    std::string scene =
        R"({"frame": 1234, "status": "GAME_ALIVE", "ball": [93, 395], "platform": [75, 400], "bricks": [[35, 50])";
    for (int brick = 1;; ++brick) {
        const std::string next =
            ", [" + std::to_string(brick * 25 % 200) + ", " + std::to_string(50 + brick / 8 * 10) + "]";
        if (scene.size() + next.size() + 2 > size) return scene + "]}";
        scene += next;
    }
}

std::string scene_line(const std::string& scene) {
    std::string line;
    append_line(line, Header::scene_info, scene);
    return line;
}

}  // namespace dragoman::bench
