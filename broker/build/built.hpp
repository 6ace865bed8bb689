#pragma once
#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "compilers/language.hpp"

namespace dragoman {

/// How to start a script.
struct Runnable {
    std::filesystem::path script;  // absolute
    const Language* language = nullptr;
    std::vector<std::string> argv;                   // argv[0] is a full path
    std::filesystem::path cwd;                       // the script's folder
    std::map<std::string, std::string> environment;  // in addition to the broker's own
    Channel channel = Channel::Stdio;
    std::vector<std::filesystem::path> reads;  // what it must be able to read in the sandbox, beyond the usual
    std::vector<std::filesystem::path> shown;  // the same, whatever its language may ask for: set by the broker's parts
    std::filesystem::path build;               // its build folder, readable for it; empty where nothing was compiled
    std::vector<std::filesystem::path> dependencies;  // files beside the script that were compiled into it
    /// Of a version of before: the folder in which its files lie at their full paths (see History). Empty: they are run
    /// where they are.
    std::filesystem::path mirror;
    bool from_cache = false;
    std::shared_ptr<const void> hold;  // keeps the build folder: keep a copy of this as long as the script runs
    std::chrono::milliseconds build_time{0};

    /// A path that it knows, or a text with such paths in it, as its user knows them.
    std::string user_paths(std::string text) const;
};

struct BuildFailure {
    enum class Kind {
        NoSuchFile,  // or a folder, a pipe, empty, unreadable
        UnknownLanguage,
        MissingProgram,  // the message names the package
        CompileError,
        NoBuildFolder,  // neither the cache nor the temporary folder can be written
    };
    Kind kind = Kind::CompileError;
    std::filesystem::path script;
    const Language* language = nullptr;  // nullptr where it is not known
    std::string message;                 // one sentence
    std::filesystem::path file;          // where the first error is; the script itself where that is not known
    int line = 0;                        // from 1; 0: not known
    std::string output;                  // all that the compiler said

    /// "ball.hpp:12: expected ';'", the file relative to the script's folder where it lies in it.
    std::string text() const;
};
/// "no_such_file", "unknown_language", "missing_program", "compile_error", "no_build_folder"
std::string_view name(BuildFailure::Kind kind);

using Built = std::variant<Runnable, BuildFailure>;

/// What a terminal shows while scripts are built.
struct BuildEvent {
    enum class Kind { Queued, Compiling, Cached, Done, Failed };
    Kind kind;
    std::filesystem::path script;
    const Language* language = nullptr;
    std::chrono::milliseconds took{0};  // Cached, Done, Failed
};
std::string_view name(BuildEvent::Kind kind);

}  // namespace dragoman
