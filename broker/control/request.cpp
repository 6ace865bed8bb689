#include "broker/control/request.hpp"

#include <algorithm>
#include <array>

#include "broker/session/transcript.hpp"

namespace dragoman {
namespace {

using Kind = ControlMember::Kind;
using control::most_lines;
using control::most_ticks;

constexpr std::array of_seat{ControlMember{"seat", Kind::seat, true}};
constexpr std::array of_rollback{ControlMember{"seat", Kind::seat, true},
                                 ControlMember{"version", Kind::count, false, 1, 1'000'000'000}};
constexpr std::array of_step{ControlMember{"ticks", Kind::count, false, 1, most_ticks}};
constexpr std::array of_log{ControlMember{"seat", Kind::seat},
                            ControlMember{"lines", Kind::count, false, 0, most_lines},
                            ControlMember{"follow", Kind::flag}};

constexpr std::array commands{
    ControlCommand{"status", "where the run stands, and each of its scripts", {}},
    ControlCommand{"versions", "the versions of a seat's script that are kept", of_seat},
    ControlCommand{"rollback", "bring back the version before, or the one named", of_rollback},
    ControlCommand{"reload", "start a seat's script again, as if it had been saved", of_seat},
    ControlCommand{"pause", "stand still between two ticks; no deadline runs", {}},
    ControlCommand{"step", "of a paused run: play one tick, or so many, and stand still again", of_step},
    ControlCommand{"resume", "play on", {}},
    ControlCommand{"log", "the last lines that scripts said, and what happened", of_log},
    ControlCommand{"stop", "end the run, as Ctrl-C does", {}},
    ControlCommand{"help", "these commands", {}},
};

std::string_view kind_name(Kind kind) {
    switch (kind) {
        case Kind::seat:
            return "text";
        case Kind::count:
            return "number";
        case Kind::flag:
            return "true or false";
    }
    return "?";
}

/// Brackets that are open at once: what is nested deeper is not worth parsing.
int depth_of(std::string_view line) {
    int depth = 0;
    int deepest = 0;
    bool in_text = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        if (in_text) {
            if (c == '\\')
                ++i;
            else if (c == '"')
                in_text = false;
        } else if (c == '"') {
            in_text = true;
        } else if (c == '[' || c == '{') {
            deepest = std::max(deepest, ++depth);
        } else if (c == ']' || c == '}') {
            --depth;
        }
    }
    return deepest;
}

template <class List>
std::string names_of(const List& list) {
    std::string names;
    for (const auto& one : list) (names += names.empty() ? "" : ", ") += one.name;
    return names;
}

bool fits(const ControlMember& member, const Json& value) {
    switch (member.kind) {
        case Kind::seat:
            return value.is_string();
        case Kind::flag:
            return value.is_boolean();
        case Kind::count:
            // One above the largest integer is unsigned, and too large in any case.
            return value.is_number_integer() && (!value.is_number_unsigned() || value <= member.most) &&
                   value >= member.least && value <= member.most;
    }
    return false;
}

std::string expected(const ControlMember& member) {
    if (member.kind != Kind::count) return std::string(kind_name(member.kind));
    return "a whole number from " + std::to_string(member.least) + " to " + std::to_string(member.most);
}

/// What is wrong with the members that the request has beside "id" and "command".
std::optional<ControlError> check(const ControlCommand& command, const Json& request) {
    const std::string name(command.name);
    for (const auto& [key, value] : request.items()) {
        if (key == "id" || key == "command") continue;
        const auto member = std::find_if(command.members.begin(), command.members.end(),
                                         [&wanted = key](const auto& one) { return one.name == wanted; });
        if (member == command.members.end())
            return ControlError{"bad_request", name + " has no member \"" + key.substr(0, 100) + "\"; it may have: " +
                                                   (command.members.empty() ? "none" : names_of(command.members))};
        if (value.is_null() && !member->required) continue;
        if (!fits(*member, value)) return ControlError{"bad_request", "\"" + key + "\" must be " + expected(*member)};
    }
    for (const ControlMember& member : command.members)
        if (member.required && !request.contains(member.name))
            return ControlError{"bad_request",
                                name + " needs \"" + std::string(member.name) + "\" (" + expected(member) + ")"};
    return std::nullopt;
}

}  // namespace

std::span<const ControlCommand> control_commands() { return commands; }

Json control_help() {
    Json list = Json::array();
    for (const ControlCommand& command : commands) {
        Json members = Json::array();
        for (const ControlMember& member : command.members)
            members.push_back({{"name", member.name}, {"type", expected(member)}, {"required", member.required}});
        list.push_back({{"command", command.name}, {"about", command.about}, {"members", std::move(members)}});
    }
    return {{"commands", std::move(list)}};
}

std::optional<std::int64_t> ControlRequest::count(const char* name) const {
    const auto found = members.find(name);
    if (found == members.end() || found->is_null()) return std::nullopt;
    return found->get<std::int64_t>();
}

std::variant<ControlRequest, BadRequest> read_control_request(std::string_view line) {
    const auto bad = [](Json id, std::string message) {
        return BadRequest{std::move(id), {"bad_request", std::move(message)}};
    };
    if (depth_of(line) > control::deepest_request)
        return bad({}, "nested deeper than " + std::to_string(control::deepest_request));
    Json request;
    try {
        request = Json::parse(line);
    } catch (const Json::parse_error& error) {
        // It counts from 1, and one past the end for what is missing there.
        return bad({}, "not JSON: at byte " + std::to_string(std::min(error.byte, line.size() + 1)) + " of the line");
    } catch (const Json::exception&) {
        return bad({}, "not JSON: a number is too large");
    }
    if (!request.is_object()) return bad({}, R"(a request is an object: {"id": 1, "command": "status"})");
    Json id = request.contains("id") ? request["id"] : Json();
    const auto command = request.find("command");
    if (command == request.end()) return bad(std::move(id), "\"command\" is missing; there are: " + names_of(commands));
    if (!command->is_string()) return bad(std::move(id), "\"command\" must be text");
    const auto& name = command->get_ref<const std::string&>();
    const auto known =
        std::find_if(commands.begin(), commands.end(), [&](const auto& one) { return one.name == name; });
    if (known == commands.end())
        return BadRequest{
            std::move(id),
            {"unknown_command", "there is no command \"" + valid_utf8(std::string_view(name).substr(0, 100)) +
                                    "\"; there are: " + names_of(commands)}};
    if (auto error = check(*known, request)) return BadRequest{std::move(id), std::move(*error)};
    for (const ControlMember& member : known->members)  // null is the same as nothing
        if (const auto found = request.find(member.name); found != request.end() && found->is_null())
            request.erase(found);
    return ControlRequest{std::move(id), &*known, std::move(request)};
}

std::string control_json(const Json& value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace); }

std::string control_answer(const Json& id, std::string_view result) {
    return "{\"id\":" + control_json(id) + ",\"ok\":true,\"result\":" + std::string(result) + "}\n";
}

std::string control_answer(const Json& id, const ControlError& error) {
    return "{\"id\":" + control_json(id) +
           ",\"ok\":false,\"error\":" + control_json({{"code", error.code}, {"message", valid_utf8(error.message)}}) +
           "}\n";
}

}  // namespace dragoman
