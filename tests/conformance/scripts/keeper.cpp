// Hands on how many scenes it has seen: see ../README.md.
#include <dragoman.hpp>

#include <limits>
#include <stdexcept>
#include <string>

class MLPlay {
public:
    int update(const json& scene) {
        if (scene.contains("call")) dragoman::call(scene["call"].get<std::string>());
        gives_ = scene.value("give", gives_);
        return ++seen_;
    }

    void reset() { seen_ = 0; }

    json preserve_state() const {
        if (gives_ == "raise") throw std::runtime_error("raised in giving");
        if (gives_ == "long") return {{"text", std::string(17 << 20, 'x')}};
        if (gives_ == "nonsense") return {{"seen", std::numeric_limits<double>::quiet_NaN()}};
        return {{"seen", seen_}};
    }

    void restore_state(const json& data) {
        if (data.contains("raise")) throw std::runtime_error(data["raise"].get<std::string>());
        seen_ = data.at("seen");
    }

private:
    int seen_ = 0;
    std::string gives_ = "state";
};
