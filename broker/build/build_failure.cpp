#include "broker/build/build_failure.hpp"

#include <fstream>

namespace dragoman {
namespace {

/// Longer ones are nobody's source.
constexpr std::size_t longest_shown = 400;

std::string source_line(const std::filesystem::path& file, int number) {
    std::error_code error;
    if (number <= 0 || !std::filesystem::is_regular_file(file, error)) return {};
    std::ifstream source(file);
    std::string line;
    for (int i = 0; i < number; ++i)
        if (!std::getline(source, line)) return {};
    return line.size() > longest_shown ? std::string() : line;
}

}  // namespace

Failure failure_of(const BuildFailure& build) {
    Failure failure;
    failure.outcome = Outcome::compile_error;
    failure.message = build.message;
    failure.file = build.file.string();
    failure.line = build.line;
    failure.source = source_line(build.file, build.line);
    failure.trace = build.output;
    return failure;
}

}  // namespace dragoman
