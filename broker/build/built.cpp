#include "broker/build/built.hpp"

namespace dragoman {

std::string Runnable::user_paths(std::string text) const {
    if (mirror.empty()) return text;
    const std::string inner = mirror.string() + "/";
    for (std::size_t at = text.find(inner); at != std::string::npos; at = text.find(inner, at + 1))
        text.erase(at, inner.size() - 1);
    return text;
}

std::string BuildFailure::text() const {
    const auto relative = file.lexically_relative(script.parent_path());
    const bool is_beside = !relative.empty() && *relative.begin() != "..";
    const auto where = (is_beside ? relative : file).string();
    return where + (line > 0 ? ":" + std::to_string(line) : "") + ": " + message;
}

std::string_view name(BuildFailure::Kind kind) {
    switch (kind) {
        case BuildFailure::Kind::NoSuchFile:
            return "no_such_file";
        case BuildFailure::Kind::UnknownLanguage:
            return "unknown_language";
        case BuildFailure::Kind::MissingProgram:
            return "missing_program";
        case BuildFailure::Kind::CompileError:
            return "compile_error";
        case BuildFailure::Kind::NoBuildFolder:
            return "no_build_folder";
    }
    return "?";
}

std::string_view name(BuildEvent::Kind kind) {
    switch (kind) {
        case BuildEvent::Kind::Queued:
            return "queued";
        case BuildEvent::Kind::Compiling:
            return "compiling";
        case BuildEvent::Kind::Cached:
            return "cached";
        case BuildEvent::Kind::Done:
            return "done";
        case BuildEvent::Kind::Failed:
            return "failed";
    }
    return "?";
}

}  // namespace dragoman
