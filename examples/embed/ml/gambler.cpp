// Throws by chance, and never the same twice in a row.
#include <ml_play.hpp>

#include <random>

class MLPlay : public AbstractMLPlay {
public:
    MLPlay(json) {}

    json update(json) override {
        last_ = (last_ + 1 + static_cast<int>(chance_() % 2)) % 3;
        static const char* const moves[] = {"ROCK", "PAPER", "SCISSORS"};
        return moves[last_];
    }

    void reset() override {}

private:
    std::mt19937 chance_{7};
    int last_ = 0;
};
