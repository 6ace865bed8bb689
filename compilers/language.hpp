#pragma once
#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "compilers/problem.hpp"

namespace dragoman {

/// Where the conversation runs: section 2 of docs/protocol.md.
enum class Channel { Stdio, Private };
std::string_view name(Channel channel);

struct Need {
    std::string program;  // a name or an absolute path
    std::string package;  // the Debian package that brings it
};

/// A command's words with placeholders in them. Never given to a shell.
using CommandTemplate = std::vector<std::string>;

struct CompileRules {
    std::vector<CommandTemplate> commands;  // tried in order; empty where there is a compile_script
    std::string depfile;                    // empty: none
    std::chrono::milliseconds timeout = std::chrono::seconds(60);
};

struct RunRules {
    CommandTemplate command;  // empty where there is a compile_script
    CommandTemplate warm;     // its interpreter as a launcher (docs/adding-a-language.md); empty: there is none
    Channel channel = Channel::Stdio;
    std::map<std::string, std::string> environment;
    std::vector<std::string> reads;
    /// What the run time says when it gets no more memory, and when it gets no more threads or processes.
    std::vector<std::string> memory_errors;
    std::vector<std::string> thread_errors;
};

/// What one folder with a language.toml says. See docs/adding-a-language.md.
struct Language {
    std::string name;
    std::string title;
    std::vector<std::string> extensions;  // each with its dot
    std::vector<Need> needs;
    CommandTemplate version;  // empty: not known
    CompileRules compile;
    RunRules run;

    std::filesystem::path folder;                         // of language.toml
    std::filesystem::path client;                         // of the client; need not exist if nothing uses {client}
    std::optional<std::filesystem::path> compile_script;  // replaces compile.commands and run.command
    std::vector<std::filesystem::path> templates;         // template*.*, for `dragoman new`, in name order

    std::filesystem::path manifest() const { return folder / "language.toml"; }
    bool compiles() const { return compile_script || !compile.commands.empty(); }
};

/// Reads `<folder>/language.toml`. Everything that is wrong with it comes back at once.
std::variant<Language, Problems> read_language(const std::filesystem::path& folder,
                                               const std::filesystem::path& clients_root);

}  // namespace dragoman
