#include "broker/command/ctl_text.hpp"

#include <cstdio>

#include "broker/session/transcript.hpp"
#include "broker/terminal/table.hpp"

namespace dragoman::command {
namespace {

std::string text(const Json& object, const char* key) {
    const auto found = object.find(key);
    if (found == object.end() || found->is_null()) return "";
    return found->is_string() ? found->get<std::string>() : found->dump();
}

std::string time_text(double seconds) {
    char text[64];
    if (seconds < 60)
        std::snprintf(text, sizeof text, "%.1f s", seconds);
    else if (seconds < 3600)
        std::snprintf(text, sizeof text, "%d min %02d s", static_cast<int>(seconds) / 60,
                      static_cast<int>(seconds) % 60);
    else
        std::snprintf(text, sizeof text, "%d h %02d min", static_cast<int>(seconds / 3600),
                      static_cast<int>(seconds / 60) % 60);
    return text;
}

std::string base_name(const std::string& path) {
    return path.starts_with("cmd:") ? path : path.substr(path.rfind('/') + 1);
}

std::string outcomes_text(const Json& outcomes) {
    std::string list;
    for (const auto& [name, count] : outcomes.items()) (list += list.empty() ? "" : ", ") += count.dump() + " " + name;
    return list;
}

std::string status_text(const Json& status, std::size_t width) {
    std::string out = text(status, "game") + ", seed " + text(status, "seed") + ": " + text(status, "state") +
                      ", tick " + text(status, "tick") + ", round " + text(status, "round") + " of " +
                      text(status, "rounds") + "; world " + text(status, "world_hash") + "\n";
    out += "pid " + text(status, "pid") + ", up " + time_text(status.value("uptime", 0.0)) + ", " +
           (text(status, "fps").empty() ? "as fast as it can" : text(status, "fps") + " ticks a second") +
           "; sandbox: " + text(status, "sandbox") + "\n";
    TextTable table({{"seat"},
                     {"script", Align::left, true},
                     {"language"},
                     {"phase"},
                     {"pid", Align::right},
                     {"version", Align::right},
                     {"reload"},
                     {"outcomes", Align::left, true},
                     {"median", Align::right},
                     {"failure", Align::left, true}});
    for (const Json& seat : status.value("seats", Json::array())) {
        const std::string median = text(seat, "median_us");
        const auto failure = seat.find("failure");
        table.add({{text(seat, "name")},
                   {base_name(text(seat, "script"))},
                   {text(seat, "language")},
                   {text(seat, "phase")},
                   {text(seat, "pid")},
                   {text(seat, "version")},
                   {text(seat, "reload")},
                   {outcomes_text(seat.value("outcomes", Json::object()))},
                   {median.empty() ? "" : median + " us"},
                   {failure != seat.end() && failure->is_object() ? text(*failure, "message") : ""}});
    }
    return out + table.text(width, ColorDepth::none);
}

std::string versions_text(const Json& versions, std::size_t width) {
    TextTable table({{"version", Align::right},
                     {"status"},
                     {"source", Align::left, true},
                     {"language"},
                     {"saved"},
                     {"ticks", Align::right},
                     {"can come back"},
                     {"remark", Align::left, true}});
    for (const Json& version : versions) {
        std::string remark = text(version, "failure");
        const std::string no_artefact = text(version, "no_artefact");
        if (!no_artefact.empty()) remark += (remark.empty() ? "" : "; ") + no_artefact;
        table.add({{text(version, "version")},
                   {text(version, "status")},
                   {base_name(text(version, "source"))},
                   {text(version, "language")},
                   {text(version, "saved")},
                   {text(version, "ticks")},
                   {version.value("can_run", false) ? "yes" : "no"},
                   {std::move(remark)}});
    }
    return table.text(width, ColorDepth::none);
}

}  // namespace

std::string runs_text(const Json& rows, std::size_t width) {
    TextTable table({{"pid", Align::right},
                     {"game"},
                     {"state"},
                     {"tick", Align::right},
                     {"round", Align::right},
                     {"up", Align::right},
                     {"socket", Align::left, true}});
    for (const Json& row : rows)
        table.add({{text(row, "pid")},
                   {text(row, "game")},
                   {row.contains("problem") ? "does not answer" : text(row, "state")},
                   {text(row, "tick")},
                   {text(row, "round")},
                   {row.contains("uptime") ? time_text(row.value("uptime", 0.0)) : ""},
                   {text(row, "socket")}});
    return table.text(width, ColorDepth::none);
}

std::string result_text(const std::string& command, const std::string& seat, const Json& result, std::size_t width) {
    if (command == "status") return status_text(result, width);
    if (command == "versions") return versions_text(result.value("versions", Json::array()), width);
    if (command == "pause" || command == "step") return "paused at tick " + text(result, "tick") + "\n";
    if (command == "resume") return "the run goes on\n";
    if (command == "stop") return "the run ends\n";
    // What becomes of it takes a while, and is said there.
    if (command == "reload" || command == "rollback") return harmless(seat) + ": asked; see dragoman ctl log\n";
    return result.dump() + "\n";
}

std::string log_text(const Json& line) {
    std::string out = "tick " + text(line, "tick") + "  ";
    if (const std::string seat = text(line, "seat"); !seat.empty()) out += seat + "| ";
    if (const std::string event = text(line, "event"); event != "output" && event != "log") out += event + ": ";
    return harmless(out + text(line, "text")) + "\n";
}

}  // namespace dragoman::command
