// What a script keeps over a hot reload: docs/protocol.md, section 9.
#include "session.hpp"
#include "write_json.hpp"

#include <stdexcept>

namespace dragoman {
namespace {

using nlohmann::json;

constexpr std::size_t longest = std::size_t{16} << 20;
constexpr int deepest = 255;  // and the object around it

GiveState registered_give = nullptr;
TakeState registered_take = nullptr;

bool fits(const json& value, int depth) {
    if (!value.is_structured()) return true;
    if (depth == 0) return false;
    for (const json& item : value) {
        if (!fits(item, depth - 1)) return false;
    }
    return true;
}

void append_state(std::string& line, const json& state) {
    if (!fits(state, deepest)) throw std::length_error("a state may be nested " + std::to_string(deepest) + " deep");
    const std::size_t begin = line.size();
    append_json(line, state);
    if (const std::size_t length = line.size() - begin; length > longest)
        throw std::length_error("a state may have " + std::to_string(longest) + " bytes; this one has " +
                                std::to_string(length));
}

}  // namespace

StateRegistration::StateRegistration(GiveState give, TakeState take) {
    registered_give = give;
    registered_take = take;
}

bool gives_state() { return script.give != nullptr || registered_give != nullptr; }

void Session::answer_state() {
    std::string line = "__state__ {\"state\": ";
    try {
        if (!gives_state()) throw std::logic_error("this script has no preserve_state()");
        if (!said_ready_) throw std::logic_error("the script has not started yet: it has no state");
        append_state(line, script.give != nullptr ? script.give() : registered_give());
    } catch (...) {
        const std::string message = describe_exception();
        line = "__state__ {\"error\": {\"code\": \"raised\"";
        append_field(line, "message", message);
        append_field(line, "trace", script_file_ + ": " + message + "\n  thrown in preserve_state");
        append_field(line, "file", script_file_);
        line += '}';
    }
    line += '}';
    send(line);
}

void Session::take_state() {
    const TakeState take = script.take != nullptr ? script.take : registered_take;
    if (take == nullptr || !extended_) return;
    const auto reload = init().at("dragoman").find("reload");
    if (reload == init().at("dragoman").end() || !reload->is_object() || reload->value("state", json()) != true) return;
    std::string line = "__state__ {\"ask\": true}";
    send(line);
    while (true) {
        const Line next = next_line();
        if (next.header == "__state__") {
            json body = parse_json(next.body.begin, next.body.end);
            if (const auto given = body.find("give"); given != body.end()) return take(*given);
        }
        serve_aside(next);
    }
}

}  // namespace dragoman
