// The functions that scripts call, on the one session that there is.
#include "session.hpp"
#include "write_json.hpp"

#include <dragoman/calls.hpp>
#include <mlgame_client.hpp>

json get_init_args() { return dragoman::session().init(); }
void client_ready() { dragoman::session().say_ready(); }
void client_reset() { dragoman::session().say_reset(); }

json get_scene_info() {
    const dragoman::SceneText text = dragoman::session().wait_for_scene();
    return dragoman::parse_json(text.begin, text.end);
}

void send_command(const json& command) {
    std::string line = "__command__ ";
    dragoman::append_json(line, command);
    dragoman::session().send(line);
}

namespace dragoman {

const json& init_args() { return session().init(); }

void log(std::string_view level, std::string_view message) { session().log(level, message); }

json call(std::string_view method, const json& params) {
    std::string text;
    append_json(text, params);
    return session().call(method, text);
}

const Init& init() {
    static const Init& taken_apart = *[] {
        const json& all = session().init();
        auto* init = new Init();
        init->args = all.value("args", json::array());
        init->kwargs = all.value("kwargs", json::object());
        init->dragoman = session().is_extended() ? all["dragoman"] : json::object();
        init->name = init->dragoman.value("name", std::string());
        init->params = init->dragoman.value("params", json::object());
        return init;
    }();
    return taken_apart;
}

}  // namespace dragoman
