#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "broker/control/target.hpp"
#include "broker/launch/descriptor.hpp"

namespace dragoman {

/// The other side of a run's control socket, for `dragoman ctl`. Waits.
class ControlCaller {
public:
    /// Throws ControlError where nobody listens there.
    explicit ControlCaller(const std::filesystem::path& path);

    void send(const Json& request);
    /// The next line; nothing where the run has ended the connection. Throws ControlError when none comes in `time`.
    std::optional<Json> receive(std::optional<std::chrono::milliseconds> time = std::nullopt);
    /// The result of one request. Throws its error, or that the run has gone.
    Json ask(const Json& request, std::optional<std::chrono::milliseconds> time = std::nullopt);

private:
    std::filesystem::path path_;
    Descriptor socket_;
    std::string received_;
};

}  // namespace dragoman
