#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "broker/build/built.hpp"
#include "broker/build/command.hpp"
#include "compilers/languages.hpp"

namespace dragoman {

/// Turns scripts into commands that run them, compiling where the language says so. One thread.
/// `languages` and `runner` must live longer than the builder.
class Builder {
public:
    struct Options {
        std::filesystem::path cache;  // made when needed
        unsigned cores = 1;           // so many compile at a time
        std::function<void(const BuildEvent&)> on_event;
        std::function<void(const std::string&)> warn;  // for example: the cache cannot be written
    };
    Builder(const Languages& languages, CommandRunner& runner, Options options);
    /// What is under way is not answered any more. Temporary build folders are removed: no script may need them.
    ~Builder();
    Builder(const Builder&) = delete;
    Builder& operator=(const Builder&) = delete;

    /// `done` is called once, perhaps before build() returns. The same script asked for twice is built once,
    /// unless something in its folder changed in between.
    void build(const std::filesystem::path& script, std::function<void(Built)> done);

private:
    struct State;
    std::shared_ptr<State> state_;
};

/// `$XDG_CACHE_HOME/dragoman` or `~/.cache/dragoman`; empty where neither is known.
std::filesystem::path default_cache();

}  // namespace dragoman
