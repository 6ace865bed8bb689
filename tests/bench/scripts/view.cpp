// Our own view of the scene, of which every number is read: as much as a whole parse.
#include <dragoman.hpp>

class MLPlay {
public:
    const char* update(const dragoman::Scene& scene) {
        long sum = static_cast<int>(scene["frame"]);
        for (const auto brick : scene["bricks"])
            for (const auto number : brick) sum += static_cast<int>(number);
        for (const char* name : {"ball", "platform"})
            for (const auto number : scene[name]) sum += static_cast<int>(number);
        return sum > 0 ? "MOVE_LEFT" : "NONE";
    }
    void reset() {}
};
