#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "broker/build/build_cache.hpp"
#include "broker/build/builder.hpp"
#include "broker/build/slots.hpp"
#include "broker/build/version.hpp"
#include "compilers/placeholders.hpp"

namespace dragoman {

/// What all builds of one Builder share.
struct Workshop {
    Workshop(const Languages& all_languages, CommandRunner& command_runner, Builder::Options given);

    const Languages& languages;  // not to be touched once closed
    CommandRunner& runner;       // nor this
    Builder::Options options;
    BuildCache cache;
    std::shared_ptr<Versions> versions;
    Slots slots;
    unsigned published = 0;
    bool closed = false;  // the Builder is gone: nobody wants to hear anything any more

    void tell(BuildEvent::Kind kind, const std::filesystem::path& script, const Language* language,
              std::chrono::milliseconds took = {}) const;
    void warn(const std::string& message) const;
};

/// One script's way from its source to the command that runs it:
/// check → (not compiled: done) → version → look up → wait for a slot → compile, attempt by attempt → publish → done.
class Build : public std::enable_shared_from_this<Build> {
public:
    Build(std::shared_ptr<Workshop> workshop, std::filesystem::path script, std::function<void(Built)> done);
    ~Build();
    Build(const Build&) = delete;
    Build& operator=(const Build&) = delete;

    void start();

private:
    void look_up(const std::string& version);
    void compile();
    void compile_in(std::optional<BuildFolder> folder);
    void attempt(std::size_t number);
    void attempt_ended(std::size_t number, const Command& command, const CommandResult& result);
    void compiled(std::vector<std::string> argv);
    void publish(const std::vector<std::string>& argv);

    std::optional<Command> command_for(std::size_t number);
    Command compile_script_command() const;
    std::optional<std::vector<std::string>> run_command(const CommandResult& result);
    bool resolve(std::vector<std::string>& argv);
    std::vector<std::filesystem::path> dependencies_in_depfile() const;

    Runnable runnable(std::vector<std::string> argv) const;
    BuildFailure failure(BuildFailure::Kind kind, std::string message) const;
    BuildFailure compile_error(const Command& command, const CommandResult& result) const;
    void fail(BuildFailure::Kind kind, std::string message);
    void finish(Built built);

    std::shared_ptr<Workshop> workshop_;
    std::filesystem::path script_;
    std::function<void(Built)> done_;

    const Language* language_ = nullptr;
    FoundPrograms programs_;
    PlaceholderValues values_;
    std::string source_hash_;
    std::string key_;
    std::chrono::steady_clock::time_point began_;
    FileTime compiling_since_ = 0;
    std::shared_ptr<BuildFolder> folder_;
    std::vector<Dependency> dependencies_;
    std::optional<BuildFailure> first_failure_;  // of several attempts, its messages are shown
    bool has_slot_ = false;
    bool is_built_ = false;
    bool from_cache_ = false;
};

}  // namespace dragoman
