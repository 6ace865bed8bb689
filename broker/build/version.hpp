#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "broker/build/build_cache.hpp"
#include "broker/build/command.hpp"
#include "compilers/language.hpp"
#include "compilers/program.hpp"

namespace dragoman {

/// The command that prints a language's version; nothing where its manifest names none.
std::optional<Command> version_command(const Language& language, const FoundPrograms& programs);
/// The first line that it printed.
std::string version_in(const CommandResult& result);

/// Versions of languages, asked for once for each state of their programs' files and kept in the cache.
/// A wrapper that chooses among several compilers stays the same file: what is behind it is not seen here.
class Versions : public std::enable_shared_from_this<Versions> {
public:
    using Answer = std::function<void(const std::string&)>;  // empty: not known

    Versions(CommandRunner& runner, BuildCache& cache) : runner_(runner), cache_(cache) {}
    void ask(const Language& language, const FoundPrograms& programs, Answer answer);
    /// Nobody waits any more.
    void forget_waiting() { waiting_.clear(); }

private:
    void answered(const std::string& stamp, const std::string& version);

    CommandRunner& runner_;
    BuildCache& cache_;
    std::map<std::string, std::string> known_;
    std::map<std::string, std::vector<Answer>> waiting_;
};

}  // namespace dragoman
