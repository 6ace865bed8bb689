#include "broker/build/version.hpp"

#include "compilers/build_key.hpp"
#include "compilers/content_hash.hpp"
#include "compilers/placeholders.hpp"

namespace dragoman {

namespace {

std::string stamp_of_programs(const Command& command, const FoundPrograms& programs) {
    ContentHash hash;
    for (const auto& word : command.argv) hash.add(word);
    for (const auto& [name, path] : programs.paths) hash.add(program_stamp(path));
    return hash.hex();
}

}  // namespace

std::optional<Command> version_command(const Language& language, const FoundPrograms& programs) {
    if (language.version.empty()) return std::nullopt;
    Command command;
    const auto values = language_values(language, programs.paths);
    command.argv = expand(language.version, values);
    command.language = &language;
    for (const auto& path : expand(language.run.reads, values)) command.asked.emplace_back(path);
    const auto program = find_program(command.argv.front());
    if (!program) return std::nullopt;
    command.argv.front() = program->string();
    command.cwd = "/";
    command.environment = {{"LC_ALL", "C.UTF-8"}};
    command.timeout = std::chrono::seconds(10);
    command.output_limit = 64 * 1024;
    return command;
}

std::string version_in(const CommandResult& result) {
    // Older Java compilers write theirs on stderr.
    const auto& text = result.output.empty() ? result.errors : result.output;
    auto line = text.substr(0, text.find('\n'));
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
    return line;
}

void Versions::ask(const Language& language, const FoundPrograms& programs, Answer answer) {
    auto command = version_command(language, programs);
    if (!command) return answer("");
    const auto stamp = stamp_of_programs(*command, programs);
    if (const auto known = known_.find(stamp); known != known_.end()) return answer(std::string(known->second));
    if (const auto kept = cache_.version(stamp)) {
        known_[stamp] = *kept;
        return answer(*kept);
    }
    auto& waiting = waiting_[stamp];
    waiting.push_back(std::move(answer));
    if (waiting.size() > 1) return;
    runner_.run(std::move(*command), [weak = weak_from_this(), stamp](const CommandResult& result) {
        const auto versions = weak.lock();
        if (!versions) return;
        const auto version = result.succeeded() ? version_in(result) : "";
        if (!version.empty()) {
            versions->known_[stamp] = version;
            versions->cache_.keep_version(stamp, version);
        }
        versions->answered(stamp, version);
    });
}

void Versions::answered(const std::string& stamp, const std::string& version) {
    const auto waiting = std::move(waiting_[stamp]);
    waiting_.erase(stamp);
    for (const auto& answer : waiting) answer(version);
}

}  // namespace dragoman
