#include "session.hpp"

#include "channel.hpp"
#include "write_json.hpp"

#include <cstdio>
#include <cstdlib>

namespace dragoman {
namespace {

using nlohmann::json;

constexpr int deepest_call = 16;
constexpr std::size_t most_used_files = 4096;

/// "__name__" in front of a blank, or nothing.
std::string_view header_of(std::string_view line) {
    if (line.substr(0, 2) != "__") return {};
    const std::size_t blank = line.find(' ');
    if (blank == std::string_view::npos || blank < 5 || line.substr(blank - 2, 2) != "__") return {};
    return line.substr(0, blank);
}

const char* role() {
    if (script.player != nullptr) return "player";
    if (script.game != nullptr) return "game";
    if (system_role != nullptr) return "system";
    return has_verbs() ? "verb" : "player";
}

std::string hello() {
    const std::string_view own_role = role();
    std::string line = "__hello__ {\"protocol\": 1, \"client\": \"dragoman-cpp " DRAGOMAN_VERSION "\", \"role\": \"";
    line += own_role;
    line += "\", \"features\": [\"log\", \"error\", \"call\", \"uses\"";
    if (gives_state()) line += ", \"state\"";
    if (own_role == "system") {
        line += ", \"plane\"]";
        line += system_role->hello();
    } else {
        line += ']';
    }
    return line + "}\n";
}

}  // namespace

const SystemRole* system_role = nullptr;

void append_field(std::string& out, std::string_view name, std::string_view text) {
    out += ", \"";
    out += name;
    out += "\": ";
    append_message(out, text);
}

Session& session() {
    static Session& only = *new Session();  // never destroyed: the script's own destructors may still log
    return only;
}

const json& Session::init() {
    if (init_) return *init_;
    while (true) {
        const Line line = next_line();
        if (line.header != "__init__") continue;
        init_ = parse_json(line.body.begin, line.body.end);
        const auto key = init_->find("dragoman");
        extended_ = key != init_->end() && key->is_object() && key->value("protocol", json()) == 1;
        if (extended_) script_file_ = key->value("script", script_file_);
        return *init_;
    }
}

bool Session::is_extended() {
    init();
    return extended_;
}

void Session::start() {
    std::string early;
    {
        const std::lock_guard lock(writing_);
        started_ = true;
        early.swap(before_start_);
    }
    if (early.empty()) return;
    early.pop_back();  // its end, which send() puts there
    send(early);
}

void Session::say_ready() {
    std::string line = "__command__ READY";
    init();
    start();
    if (!said_ready_) take_state();
    said_ready_ = true;
    send(line);
}

void Session::say_reset() {
    std::string line = "__command__ RESET";
    send(line);
}

void Session::send(std::string& line) {
    if (script.flush != nullptr) script.flush();
    std::fflush(stdout);
    line += '\n';
    const std::lock_guard lock(writing_);
    if (extended_ && !said_hello_) {
        said_hello_ = true;
        line.insert(0, hello());
    }
    channel::write_all(line);
}

Session::Line Session::next_line() {
    while (true) {
        const std::string_view line = reader_.next();
        if (line.data() == nullptr) std::exit(0);
        const std::string_view header = header_of(line);
        if (header.empty()) continue;
        if (header == "__bye__") std::exit(0);
        return {header, {line.data() + header.size() + 1, line.data() + line.size()}};
    }
}

std::optional<SceneText> Session::take(std::string_view header) {
    const Line line = next_line();
    if (line.header == header) return line.body;
    serve_aside(line);
    return std::nullopt;
}

void Session::serve_aside(const Line& line) {
    if (line.header == "__call__") serve(parse_json(line.body.begin, line.body.end));
    if (line.header == "__state__") answer_state();
}

SceneText Session::wait_for(std::string_view header) {
    init();
    while (true) {
        if (const auto body = take(header)) return *body;
    }
}

int Session::descriptor() const { return channel::descriptor(); }

json Session::call(std::string_view method, std::string_view params) {
    if (!is_extended()) throw Error("denied", "this broker offers no calls");
    start();
    const std::int64_t id = ++last_id_;
    std::string line = "__call__ {\"id\": ";
    append_number(line, id);
    append_field(line, "method", method);
    line += ", \"params\": ";
    line += params;
    line += '}';
    send(line);

    json answer;
    while (answer.is_null()) {
        if (const auto found = early_.find(id); found != early_.end()) {
            answer = std::move(found->second);
            early_.erase(found);
            break;
        }
        const Line next = next_line();
        if (next.header != "__return__" && next.header != "__error__") {
            serve_aside(next);
        } else {
            json body = parse_json(next.body.begin, next.body.end);
            const std::int64_t answered = body.value("id", std::int64_t{0});
            if (answered == id)
                answer = std::move(body);
            else if (answered > 0 && answered < id)
                early_[answered] = std::move(body);
        }
    }
    if (answer.contains("code")) throw Error(answer["code"], answer.value("message", std::string()));
    return std::move(answer["value"]);
}

void Session::serve(const json& call) {
    std::string line;
    const auto answer_error = [&](std::string_view code, std::string_view message) {
        line = "__error__ {\"id\": " + call.at("id").dump();
        append_field(line, "code", code);
        append_field(line, "message", message);
        append_field(line, "trace",
                     std::string("in the verb ") + call.value("method", std::string("?")) + ", " + script_file_);
        line += '}';
    };
    ++depth_;
    try {
        if (depth_ > deepest_call) throw Error("depth", "more than 16 calls inside calls");
        const json value = run_verb(call.at("method"), call.value("params", json::array()));
        line = "__return__ {\"id\": " + call.at("id").dump() + ", \"value\": ";
        append_json(line, value);
        line += '}';
    } catch (const Error& error) {
        answer_error(error.code(), error.what());
    } catch (...) {
        answer_error("raised", describe_exception());
    }
    --depth_;
    send(line);
}

void Session::log(std::string_view level, std::string_view message) {
    std::string line;
    if (!is_extended()) {
        line.append("[").append(level).append("] ").append(message).append("\n");
        std::fwrite(line.data(), 1, line.size(), stderr);
        return;
    }
    line = "__log__ {\"level\": ";
    append_message(line, level);
    append_field(line, "message", message);
    line += '}';
    send_once_started(std::move(line));
}

void Session::send_once_started(std::string line) {
    {
        const std::lock_guard lock(writing_);
        if (!started_) {
            before_start_ += line + '\n';
            return;
        }
    }
    send(line);
}

void Session::name_used_file(const std::string& file) {
    if (!is_extended() || file.rfind("/usr/", 0) == 0 || used_files_.size() == most_used_files) return;
    if (!used_files_.insert(file).second) return;
    std::string line = "__uses__ {\"files\": [";
    append_message(line, file);
    send_once_started(line + "]}");
}

void Session::report_failure(std::string_view code, std::string_view message, std::string_view trace) {
    std::fflush(stdout);
    std::fwrite(trace.data(), 1, trace.size(), stderr);
    if (!extended_) return;
    start();
    std::string line = "__error__ {\"code\": ";
    append_text(line, code);
    append_field(line, "message", message);
    append_field(line, "trace", trace);
    append_field(line, "file", script_file_);
    line += '}';
    send(line);
}

}  // namespace dragoman
