// The conversation with the broker, on both levels of the protocol. One for each program.
#pragma once
#include "line_reader.hpp"

#include <dragoman/calls.hpp>
#include <dragoman/script.hpp>

#include <cerrno>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace dragoman {

class Session {
public:
    /// The object of __init__; the first call reads it.
    const nlohmann::json& init();
    bool is_extended();
    /// The script's full path where the broker has said it, else the program's.
    const std::string& script_file() const { return script_file_; }

    /// From here on all of the script's declarations are known: what it has logged before goes out now.
    void start();
    void say_ready();
    void say_reset();
    /// Sends a whole line, which gets its end here. From any thread.
    void send(std::string& line);

    /// Waits for what the script owes an answer for, under one of these two headers, and serves calls meanwhile.
    /// Ends the program when the conversation ends.
    SceneText wait_for_scene() { return wait_for("__scene_info__"); }
    SceneText wait_for_update() { return wait_for("__update__"); }
    /// Takes one line: its body where it has this header. A call is served, what nobody waits for is passed over.
    std::optional<SceneText> take(std::string_view header);
    /// Whether take() would not wait.
    bool has_line() const { return reader_.has_line(); }
    /// On which lines come.
    int descriptor() const;

    nlohmann::json call(std::string_view method, std::string_view params);
    void log(std::string_view level, std::string_view message);
    void report_failure(std::string_view code, std::string_view message, std::string_view trace);
    /// A full path of a file that the script uses besides its own. Each is told once.
    void name_used_file(const std::string& file);

    LineReader& reader() { return reader_; }

private:
    struct Line {
        std::string_view header;
        SceneText body;
    };
    /// The next line with a header. Ends the program at the end of the conversation.
    Line next_line();
    SceneText wait_for(std::string_view header);
    /// A line that nobody waits for, where it is a call or asks for the state.
    void serve_aside(const Line& line);
    void serve(const nlohmann::json& call);
    void answer_state();
    /// Before READY: asks for what the version before has given, and waits for it.
    void take_state();
    /// Sends a line now, or once the script has said hello.
    void send_once_started(std::string line);

    LineReader reader_;
    std::optional<nlohmann::json> init_;
    std::string script_file_ = program_invocation_name;
    bool extended_ = false;
    bool said_hello_ = false;
    bool started_ = false;
    bool said_ready_ = false;
    std::string before_start_;  ///< lines
    std::mutex writing_;
    std::int64_t last_id_ = 0;
    int depth_ = 0;  ///< calls being served
    std::set<std::string> used_files_;
    std::map<std::int64_t, nlohmann::json> early_;  ///< answers to calls that are waited for further out
};

Session& session();

/// What a script with systems adds to the conversation. It is set by the first declaration: a script without systems
/// does not even link what they need.
struct SystemRole {
    std::string (*hello)();  ///< keys of __hello__, each with a comma in front
    void (*run)(Session& session);
};
extern const SystemRole* system_role;

/// Runs a verb of the script; Error with unknown_method where there is none.
nlohmann::json run_verb(const std::string& name, const nlohmann::json& params);
bool has_verbs();

/// Whether the script has a hook that gives its state.
bool gives_state();

/// `, "name": "text"`
void append_field(std::string& out, std::string_view name, std::string_view text);

/// "std::runtime_error: boom", of the exception that is being handled.
std::string describe_exception();

}  // namespace dragoman
