#include "broker/build/command.hpp"

#include <cstring>

#include "compilers/duration.hpp"
#include "compilers/size.hpp"

namespace dragoman {

bool CommandResult::succeeded() const {
    const auto* exited = std::get_if<Exited>(&ending);
    return exited && exited->code == 0;
}

std::string CommandResult::how_it_ended(const Command& command) const {
    struct Words {
        const Command& command;
        std::string operator()(const Exited& exited) const { return "exit code " + std::to_string(exited.code); }
        std::string operator()(const Signalled& signalled) const {
            return "signal " + std::to_string(signalled.signal) + " (" + ::strsignal(signalled.signal) + ")";
        }
        std::string operator()(const TimedOut&) const { return "took longer than " + duration_text(command.timeout); }
        std::string operator()(const WroteTooMuch& wrote) const {
            return "wrote more than " + size_text(wrote.limit) + " in its build folder";
        }
        std::string operator()(const NotStarted& not_started) const {
            return "could not be started: " +
                   (not_started.why.empty() ? std::string(std::strerror(not_started.error)) : not_started.why);
        }
    };
    return std::visit(Words{command}, ending);
}

}  // namespace dragoman
