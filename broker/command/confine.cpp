#include "broker/command/confine.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "broker/command/commands.hpp"

namespace dragoman::command {
namespace {

namespace fs = std::filesystem;

constexpr const char* group = "Limits of each player";

std::string option_of(std::string_view limit) {
    std::string option = "--" + std::string(limit);
    std::replace(option.begin(), option.end(), '_', '-');
    return option;
}

/// What the game says counts, unless the user does not want it to.
Confinement game_word(const ConfineOptions& options, const GameManifest& game, const std::string& seat,
                      const fs::path& script) {
    Confinement confinement = game.confinements.of(seat, game.folder, script);
    if (sandbox_mode(options) == SandboxMode::strict) confinement = {Trust::untrusted, {}, "", confinement.limits};
    return confinement;
}

std::string trusted_text(const std::string& who, const Confinement& confinement) {
    std::string text = who + " is " + std::string(name(confinement.trust)) + ": " + confinement.reason;
    for (const fs::path& path : confinement.reads) text += "; may read " + path.string();
    return text;
}

}  // namespace

void add_sandbox_option(CLI::App& app, std::string& mode) {
    app.add_option("--sandbox", mode,
                   "auto: the strongest that this machine gives, none at all is an error; strict: the strongest only, "
                   "and what the game says of trust does not count; off: none; or one tier: bubblewrap, cage, landlock "
                   "(see dragoman doctor)")
        ->check(CLI::IsMember({"auto", "strict", "off", "bubblewrap", "cage", "landlock"}))
        ->capture_default_str();
}

void add_confine_options(CLI::App& app, ConfineOptions& options) {
    for (const LimitName& limit : limit_names()) {
        if (limit.name == "artefact") continue;  // a compiler's; dragoman.toml has it
        app.add_option_function<std::string>(
               option_of(limit.name),
               [&options, name = std::string(limit.name)](const std::string& text) { options.limits[name] = text; },
               std::string(limit.about))
            ->type_name(std::string(limit.type))
            ->group(group);
    }
    add_sandbox_option(app, options.sandbox);
}

SandboxMode sandbox_mode(const ConfineOptions& options) {
    return dragoman::sandbox_mode(options.sandbox).value_or(SandboxMode::automatic);
}

Confinement confine(const ConfineOptions& options, const GameManifest* game, const std::string& seat,
                    const std::variant<fs::path, ShellCommand>& source) {
    const auto* const path = std::get_if<fs::path>(&source);
    Confinement confinement;
    if (game != nullptr) confinement = game_word(options, *game, seat, path != nullptr ? *path : fs::path());
    // Whoever writes a command means it; what the game says of the seat is about scripts.
    if (path == nullptr) confinement = own_command(confinement.limits);
    for (const auto& [limit, text] : options.limits)
        if (const auto wrong = set_limit(confinement.limits, limit, text))
            throw UsageError{option_of(limit) + " " + text + ": " + *wrong};
    return confinement;
}

Confinement confine_game(const ConfineOptions& options, const GameManifest& game) {
    return game_word(options, game, "game", game.script);
}

Confinement confine_system(const ConfineOptions& options, const GameManifest& game, const fs::path& script) {
    return confine(options, &game, script.filename().string(), script);
}

std::vector<std::string> warnings(const ConfineOptions& options, const MatchOptions& match) {
    std::vector<std::string> texts;
    for (const Problem& problem : match.game.warnings) texts.push_back(problem.text());
    if (options.sandbox == "off") {
        texts.emplace_back(
            "scripts run WITHOUT a sandbox (--sandbox=off): each can read, write and send whatever you can");
        return texts;
    }
    const auto tell = [&](const std::string& who, const Confinement& confinement, const Confinement& without_user) {
        if (confinement.trust != Trust::untrusted)
            texts.push_back(trusted_text(who, confinement));
        else if (without_user.trust != Trust::untrusted)
            texts.push_back(who + " is not " + std::string(name(without_user.trust)) +
                            ", though the game says so: --sandbox=strict");
    };
    const auto of = [&](const std::string& seat, const fs::path& script) {
        return match.game.confinements.of(seat, match.game.folder, script);
    };
    for (std::size_t seat = 0; seat < match.players.size(); ++seat) {
        const auto* const path = std::get_if<fs::path>(&match.players[seat]);
        if (path == nullptr) continue;  // the user wrote it
        const std::string& who = match.game.seats[seat];
        tell(who, match.confinements[seat], of(who, *path));
    }
    if (!match.game.script.empty())
        tell("the game's own script", match.game_confinement, of("game", match.game.script));
    for (std::size_t i = 0; i < match.system_confinements.size(); ++i) {
        const fs::path& script = match.game.systems.scripts[i];
        tell(script.filename().string(), match.system_confinements[i], of(script.filename().string(), script));
    }
    return texts;
}

}  // namespace dragoman::command
