#include <sys/utsname.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdio>

#include "broker/broker.hpp"
#include "broker/command/commands.hpp"
#include "broker/sandbox/remedy.hpp"
#include "broker/sandbox/tier.hpp"

namespace dragoman::command {
namespace {

constexpr const char* holds(Tier tier) {
    switch (tier) {
        case Tier::bubblewrap:
            return "namespaces around all scripts by bubblewrap; then, for each script, a root, a user and a pid "
                   "namespace of its own, Landlock, a system-call filter, limits";
        case Tier::cage:
            return "the same with namespaces that dragoman makes itself";
        case Tier::landlock:
            return "Landlock, a system-call filter and limits; no namespaces";
        case Tier::none:
            break;
    }
    return "nothing";
}

int diagnose(bool as_json) {
    boost::asio::io_context io;
    const TierNeeds needs{.launcher = find_home() / "libexec" / "dragoman-launcher", .writable = {}};
    utsname machine{};
    ::uname(&machine);
    const bool is_root = ::geteuid() == 0;
    Json document{{"kernel", machine.release}, {"root", is_root}, {"tier", nullptr}, {"tiers", Json::array()}};
    std::string text =
        std::string("Linux ") + machine.release + ", as " + (is_root ? "root" : "an ordinary user") + "\n";
    bool namespaces_refused = false;
    for (const Tier tier : {Tier::bubblewrap, Tier::cage, Tier::landlock}) {
        const TierTrial trial = try_tier(tier, io, needs);
        const bool works = trial.launcher != nullptr;
        const std::string label(name(tier));
        if (works && document["tier"].is_null()) document["tier"] = label;
        document["tiers"].push_back(
            {{"tier", label},
             {"works", works},
             {"why_not", works ? Json(nullptr) : Json(trial.why_not)},
             {"holds", holds(tier)},
             {"lacks", trial.lacks},
             {"landlock_abi", works ? Json(trial.launcher->greeting().landlock) : Json(nullptr)}});
        text += "\n" + std::string(works ? "works   " : "refused ") + label + ": " + holds(tier) + "\n";
        if (!works) text += "        " + trial.why_not + "\n";
        for (const std::string& lack : trial.lacks) text += "        lacks: " + lack + "\n";
        namespaces_refused = namespaces_refused || (!works && tier == Tier::cage);
    }
    document["remedies"] = namespaces_refused ? Json(namespace_remedies()) : Json::array();
    for (const Json& remedy : document["remedies"]) text += "\nto enable: " + remedy.get<std::string>() + "\n";
    const bool any = !document["tier"].is_null();
    text += any ? "\nscripts run in: " + document["tier"].get<std::string>() + "\n"
                : "\nscripts are not started on this machine, except by --sandbox=off\n";
    std::fputs(as_json ? (document.dump(2) + "\n").c_str() : text.c_str(), stdout);
    return any ? success : internal_error;
}

}  // namespace

Action add_doctor(CLI::App& app) {
    auto as_json = std::make_shared<bool>(false);
    app.add_flag("--json", *as_json, "for programs");
    app.footer("Exit codes: 0 scripts can be held on this machine; 1 they cannot.");
    return [as_json] { return diagnose(*as_json); };
}

}  // namespace dragoman::command
