// Does what the scene's key `do` says: see ../README.md.
#include <dragoman.hpp>
#include <ml_play.hpp>
#include <mlgame_client.hpp>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>

namespace {

[[noreturn]] void hang() {
    while (true) std::this_thread::sleep_for(std::chrono::hours(1));
}

json value(const json& scene) { return scene.value("value", json()); }

json print(std::FILE* stream, const json& scene) {
    std::fprintf(stream, "%s\n", scene.at("text").get<std::string>().c_str());
    std::fflush(stream);
    return value(scene);
}

json flood(const json& scene) {
    std::FILE* stream = scene.at("stream") == "stderr" ? stderr : stdout;
    const auto bytes = scene.at("bytes").get<std::size_t>();
    std::string line(80, 'x');
    line.back() = '\n';
    std::string text;
    text.reserve(bytes + 80);
    while (text.size() + 80 <= bytes) text += line;
    text.append(bytes - text.size(), 'x');
    std::fwrite(text.data(), 1, text.size(), stream);
    std::fflush(stream);
    return value(scene);
}

json busy(const json&) {
    volatile unsigned counter = 0;
    while (true) counter = counter + 1;
}

json sleep_for(const json& scene) {
    std::this_thread::sleep_for(std::chrono::duration<double>(scene.at("seconds").get<double>()));
    return value(scene);
}

json drip(const json&) {
    while (true) {
        std::puts("drip");
        std::fflush(stdout);
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
}

json log_it(const json& scene) {
    dragoman::log(scene.at("level").get<std::string>(), scene.at("text").get<std::string>());
    return value(scene);
}

json call(const json& scene) {
    try {
        return dragoman::call(scene.at("method").get<std::string>(), scene.value("params", json()));
    } catch (const dragoman::Error& error) {
        return {{"error", error.code()}};
    }
}

json twice(const json& scene) {
    send_command(value(scene));
    return value(scene);
}

const std::map<std::string, std::function<json(const json&)>> vices = {
    {"return", value},
    {"print", [](const json& scene) { return print(stdout, scene); }},
    {"stderr", [](const json& scene) { return print(stderr, scene); }},
    {"flood", flood},
    {"raise", [](const json& scene) -> json { throw std::runtime_error(scene.at("text").get<std::string>()); }},
    {"exit", [](const json& scene) -> json { std::exit(scene.at("code").get<int>()); }},
    {"segfault", [](const json& scene) { return std::raise(SIGSEGV), value(scene); }},
    {"abort", [](const json&) -> json { std::abort(); }},
    {"hang", [](const json&) -> json { hang(); }},
    {"busy", busy},
    {"sleep", sleep_for},
    {"drip", drip},
    {"log", log_it},
    {"call", call},
    {"twice", twice},
    {"init", [](const json&) { return get_init_args(); }},
    {"scene", [](const json& scene) { return scene; }},
};

void indulge(const std::string& vice, const char* where) {
    if (vice == "raise") throw std::runtime_error(std::string("raised in ") + where);
    if (vice == "hang") hang();
    if (vice == "exit") std::exit(7);
    if (vice == "print") std::puts("constructed");
}

json add(json a, json b) {
    if (a.is_number_float() || b.is_number_float()) return a.get<double>() + b.get<double>();
    return a.get<std::int64_t>() + b.get<std::int64_t>();
}
DRAGOMAN_VERB(add, "a", "b")

json again(const std::string& method, json params) { return dragoman::call(method, params); }
DRAGOMAN_VERB(again, "method", "params")

}  // namespace

class MLPlay : public AbstractMLPlay {
public:
    MLPlay(json) { indulge(dragoman::init().params.value("init", ""), "the constructor"); }

    json update(json scene) override {
        on_reset_ = scene.value("on_reset", on_reset_);
        return vices.at(scene.value("do", "return"))(scene);
    }

    void reset() override { indulge(std::exchange(on_reset_, ""), "reset"); }

private:
    std::string on_reset_;
};
