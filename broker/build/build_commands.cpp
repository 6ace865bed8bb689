#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <nlohmann/json.hpp>

#include "broker/build/build.hpp"
#include "broker/build/diagnostics.hpp"

namespace dragoman {
namespace {

/// The last line that has anything in it; 0 where there is none.
int last_line(const std::filesystem::path& file) {
    std::ifstream text(file);
    int last = 0;
    int number = 0;
    for (std::string line; std::getline(text, line);) {
        ++number;
        if (line.find_first_not_of(" \t\r") != std::string::npos) last = number;
    }
    return last;
}

/// What the compiler says of the client's lines, which it reads behind the script.
void blame_the_end(BuildFailure& error) {
    constexpr std::string_view told = "static assertion failed: ";
    if (error.message.starts_with(told)) {
        error.message.erase(0, told.size());
        error.line = 0;
        return;
    }
    error.message = "its end is missing, a brace or a semicolon perhaps; of what comes behind it the compiler says: " +
                    error.message;
    error.line = last_line(error.script);
}

}  // namespace

std::optional<Command> Build::command_for(std::size_t number) {
    Command command;
    if (language_->compile_script) {
        try {
            command = compile_script_command();
        } catch (const nlohmann::json::type_error&) {
            fail(BuildFailure::Kind::CompileError, "the name is not UTF-8, which JSON for the compile_script must be");
            return std::nullopt;
        }
    } else {
        command.argv = expand(language_->compile.commands[number], values_);
        if (!resolve(command.argv)) return std::nullopt;
    }
    command.cwd = folder_->path;
    command.timeout = language_->compile.timeout;
    if (!language_->needs.empty()) command.self = programs_.paths.at(language_->needs.front().program);
    command.reads = {script_.parent_path()};
    command.language = language_;
    for (const auto& path : expand(language_->run.reads, values_)) command.asked.emplace_back(path);
    command.script = script_;
    // What a compiler leaves behind when it is ended goes with the folder; its messages are read in English.
    command.environment = {{"TMPDIR", folder_->path.string()}, {"LC_ALL", "C.UTF-8"}};
    return command;
}

Command Build::compile_script_command() const {
    nlohmann::json programs = nlohmann::json::object();
    for (const auto& [name, path] : programs_.paths) programs[name] = path.string();
    const nlohmann::json request = {{"script", script_.string()},
                                    {"build", folder_->path.string()},
                                    {"client", language_->client.string()},
                                    {"language", language_->folder.string()},
                                    {"programs", programs}};
    Command command;
    command.argv = {language_->compile_script->string()};
    command.input = request.dump() + "\n";
    return command;
}

std::optional<std::vector<std::string>> Build::run_command(const CommandResult& result) {
    if (!language_->compile_script) return expand(language_->run.command, values_);
    const auto printed = nlohmann::json::parse(result.output, nullptr, false);
    std::vector<std::string> argv;
    for (const auto& word : printed) {
        if (printed.is_array() && word.is_string()) argv.push_back(word.get<std::string>());
    }
    if (!argv.empty() && argv.size() == printed.size()) return argv;
    auto problem = failure(BuildFailure::Kind::CompileError,
                           language_->compile_script->string() +
                               " was expected to print the run command as a JSON list of texts, but printed: " +
                               result.output.substr(0, 200));
    problem.output = result.errors + result.output;
    finish(std::move(problem));
    return std::nullopt;
}

bool Build::resolve(std::vector<std::string>& argv) {
    auto& program = argv.front();
    if (const auto found = find_program(program)) {
        program = found->string();
        return true;
    }
    if (folder_ && program.starts_with(folder_->path.string() + "/")) {
        fail(BuildFailure::Kind::CompileError, "compiling went well, but left no program " + program);
    } else {
        fail(BuildFailure::Kind::MissingProgram,
             language_->title + " cannot be used: " + missing_program({program, ""}));
    }
    return false;
}

BuildFailure Build::failure(BuildFailure::Kind kind, std::string message) const {
    BuildFailure failure;
    failure.kind = kind;
    failure.script = script_;
    failure.language = language_;
    failure.message = std::move(message);
    failure.file = script_;
    return failure;
}

BuildFailure Build::compile_error(const Command& command, const CommandResult& result) const {
    if (const auto* not_started = std::get_if<CommandResult::NotStarted>(&result.ending)) {
        const auto is_gone = not_started->error == ENOENT;
        return failure(is_gone ? BuildFailure::Kind::MissingProgram : BuildFailure::Kind::CompileError,
                       command.argv.front() + " " + result.how_it_ended(command));
    }
    auto error = failure(BuildFailure::Kind::CompileError, "");
    error.output = result.errors + result.output;
    if (!std::holds_alternative<CommandResult::Exited>(result.ending)) {
        error.message = "compiling ended badly: " + result.how_it_ended(command);
        return error;
    }
    const auto diagnostic = first_error(error.output);
    error.message =
        diagnostic.message.empty() ? command.argv.front() + ": " + result.how_it_ended(command) : diagnostic.message;
    if (diagnostic.file.empty()) return error;
    error.line = diagnostic.line;
    // "luajit: /ml/a.lua:3: ..."
    if (diagnostic.file.ends_with(script_.string())) return error;
    const auto file = (command.cwd / diagnostic.file).lexically_normal();
    if (!language_->client.empty() && file.parent_path() == language_->client / "src") {
        blame_the_end(error);
        return error;
    }
    std::error_code none;
    error.file = std::filesystem::exists(file, none) ? file : std::filesystem::path(diagnostic.file);
    return error;
}

}  // namespace dragoman
