// main(): an archive member of its own, so that a script with a main() of its own keeps it.
#include "channel.hpp"
#include "loops.hpp"

#include <unistd.h>
#include <cstdio>
#include <cstdlib>

namespace dragoman {
namespace {

void greet_a_person() {
    std::fprintf(stderr,
                 "This is a script for dragoman, and it waits for a broker to speak to it.\n"
                 "Try: dragoman check SCRIPT, or: dragoman run GAME -i SCRIPT, with the file that you wrote.\n"
                 "By hand it understands lines such as: __init__ {\"args\": [], \"kwargs\": {}}\n");
}

[[noreturn]] void run(Session& session) {
    session.start();
    if (system_role != nullptr && (script.player != nullptr || script.game != nullptr))
        session.log("warning", std::string("this script is a ") + (script.player != nullptr ? "player" : "game") +
                                   ": the systems that it declares do not run");
    if (script.player != nullptr) play(session, *script.player());
    if (script.game != nullptr) run_game(session, script.game);
    if (system_role != nullptr) system_role->run(session);
    if (has_verbs()) serve_verbs(session);
    session.init();
    session.report_failure(
        "compile_error", "the script defines no class MLPlay, no class Game, no system and no verb",
        session.script_file() + ": no class MLPlay, no class Game, no DRAGOMAN_SYSTEM and no DRAGOMAN_VERB\n");
    _exit(1);
}

}  // namespace

Doing doing;

}  // namespace dragoman

int main() {
    using namespace dragoman;
    if (channel::is_terminal()) greet_a_person();
    try {
        run(session());
    } catch (...) {
        const std::string message = describe_exception();
        std::string trace = session().script_file() + ": " + message + "\n  thrown in " + doing.what;
        if (doing.count >= 0) trace += ", tick " + std::to_string(doing.count) + " of this script";
        session().report_failure("raised", message, trace + "\n");
        std::fflush(nullptr);
        _exit(1);
    }
}
