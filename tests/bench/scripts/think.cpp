// Thinks for about 2 ms on an ordinary core: a player whose ticks are worth measuring.
#include <dragoman.hpp>

#include <cstdint>

class MLPlay {
public:
    const char* update(const dragoman::Scene& scene) {
        std::uint64_t state = static_cast<std::uint64_t>(static_cast<int>(scene["frame"])) + 1;
        for (int i = 0; i < 1'000'000; ++i) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
        }
        return state != 0 ? "MOVE_LEFT" : "NONE";
    }
    void reset() {}
};
