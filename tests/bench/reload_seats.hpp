#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "broker/reload/reloader.hpp"
#include "tests/bench/measure.hpp"
#include "tests/bench/seats.hpp"

namespace dragoman::bench {

/// A folder of its own, gone in the end.
class OwnFolder {
public:
    OwnFolder();
    ~OwnFolder();
    OwnFolder(const OwnFolder&) = delete;
    std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

private:
    std::filesystem::path path_;
};

/// Whole; throws where it cannot be read.
std::string text_of(const std::filesystem::path& file);
/// `text` with each `what` in it replaced.
std::string with(std::string text, const std::string& what, const std::string& by);

/// Scripts that play, each from a file of its own in one folder, and are reloaded when that is saved.
class ReloadSeats {
public:
    /// `sources`: each script's text. `extension` is the language's. `beside`: other files in the folder.
    ReloadSeats(const Plan& plan, const std::vector<std::string>& sources, const std::string& extension,
                std::string scene, const std::map<std::string, std::string>& beside = {});

    std::filesystem::path file(std::size_t script) const;
    const OwnFolder& folder() const { return folder_; }
    Broker& broker() { return broker_; }

    /// One tick of these scripts as a match would run it; microseconds.
    double tick(std::size_t first, std::size_t count);
    double tick() { return tick(0, 1); }
    bool answers(const std::string& command) { return broker_.answer(0) == "\"" + command + "\""; }

    /// Saves the text and plays on, with a pause after each tick, until script 0 answers with `command`: milliseconds
    /// from just before close(2).
    /// Then waits until nothing is left of the version before.
    double reload(const std::filesystem::path& saved, const std::string& text, const std::string& command,
                  Clock::duration pause = std::chrono::microseconds(100));
    /// Writes the text anew; returns the time just before close(2).
    static Clock::time_point save(const std::filesystem::path& file, const std::string& text);
    /// Throws what went wrong, if anything did.
    void check() const;
    /// Plays on until the version before has gone.
    void settle();
    Reloader& reloader() { return *reloader_; }

private:
    OwnFolder folder_;
    std::string extension_;
    std::string scene_;
    Broker broker_;
    std::vector<SceneFor> scenes_;
    std::string failure_;
    std::optional<Reloader> reloader_;
};

}  // namespace dragoman::bench
