// What any script may say besides its answers.
#pragma once
#include <nlohmann/json.hpp>

#include <stdexcept>
#include <string>
#include <string_view>

namespace dragoman {

/// A call that was answered with __error__.
class Error : public std::runtime_error {
public:
    Error(std::string code, const std::string& message) : std::runtime_error(message), code_(std::move(code)) {}
    const std::string& code() const { return code_; }

private:
    std::string code_;
};

/// `level` is debug, info, warning or error. May be called from any thread.
void log(std::string_view level, std::string_view message);

/// Calls what the broker offers, and waits. While it waits, calls to this script's verbs are served.
nlohmann::json call(std::string_view method, const nlohmann::json& params = nlohmann::json::object());

/// What __init__ said, taken apart.
struct Init {
    nlohmann::json args;      ///< list
    nlohmann::json kwargs;    ///< object
    std::string name;         ///< the seat
    nlohmann::json params;    ///< the game's parameters
    nlohmann::json dragoman;  ///< everything under this key, empty on the classic level
};
const Init& init();

}  // namespace dragoman
