#include <algorithm>
#include <cmath>
#include <cstdio>

#include "broker/report/report.hpp"
#include "broker/terminal/table.hpp"

namespace dragoman {
namespace {

std::string in_short(Clock::duration time) {
    const double us = Milliseconds(time).count() * 1000;
    char text[32];
    if (us < 1000)
        std::snprintf(text, sizeof text, "%.0f us", us);
    else if (us < 1e6)
        std::snprintf(text, sizeof text, "%.1f ms", us / 1e3);
    else
        std::snprintf(text, sizeof text, "%.1f s", us / 1e6);
    return text;
}

std::string number(const std::optional<double>& value) {
    if (!value) return "-";
    char text[32];
    std::snprintf(text, sizeof text, "%.10g", *value);
    return text;
}

std::string memory(std::uint64_t bytes) {
    if (bytes == 0) return "-";
    char text[32];
    std::snprintf(text, sizeof text, "%.1f MiB", static_cast<double>(bytes) / (1 << 20));
    return text;
}

std::string outcomes(const ScriptStatistics& statistics) {
    std::string text;
    for (std::size_t i = 0; i < outcome_count; ++i)
        if (const auto count = statistics.outcomes[i]; count > 0)
            (text += text.empty() ? "" : ", ") += std::to_string(count) + " " + std::string(outcome_names[i]);
    return text.empty() ? "-" : text;
}

std::string result(const PlayerReport& player) {
    if (player.failure) return "lost its seat";
    if (!player.rank) return "-";
    return "rank " + number(player.rank);
}

/// Who is held by less than the others, and why.
std::string trust(const MatchReport& report) {
    std::string text;
    const auto add = [&](const std::string& who, const PlayerReport& script) {
        if (script.trust == Trust::untrusted) return;
        text += who + " is " + std::string(name(script.trust)) + ": " + harmless(script.trust_reason) + "\n";
    };
    for (const PlayerReport& player : report.players) add(player.name, player);
    if (report.game_script) add("the game's own script", *report.game_script);
    for (const PlayerReport& script : report.system_scripts) add(script.name, script);
    return text;
}

std::string denied(const PlayerReport& player) {
    std::string text = player.name + ": denied: ";
    for (const std::string& call : player.denied)
        text += (&call == &player.denied.front() ? "" : ", ") + harmless(call);
    return text + (player.more_denied ? " and more\n" : "\n");
}

std::string systems_table(const MatchReport& report, std::size_t width, ColorDepth depth) {
    if (report.systems.empty()) return "";
    TextTable table({{.title = "system"},
                     {.title = "script", .shrinks = true},
                     {.title = "language"},
                     {.title = "order"},
                     {.title = "stage", .align = Align::right},
                     {.title = "runs", .align = Align::right},
                     {.title = "mean", .align = Align::right},
                     {.title = "created", .align = Align::right},
                     {.title = "destroyed", .align = Align::right},
                     {.title = "result"}});
    // Scripts stand behind the players and the game, in the same order as here.
    const std::size_t first = report.players.size() + (report.game_script ? 1 : 0);
    for (const SystemReport& system : report.systems) {
        const PlayerReport& script = report.system_scripts[system.script - first];
        std::size_t stage = 0;
        while (stage < report.stages.size() && std::ranges::count(report.stages[stage], system.name) == 0) ++stage;
        const Rgb red{220, 80, 80};
        table.add({{harmless(system.name)},
                   {script.name},
                   {script.language.empty() ? "-" : script.language},
                   {std::string(name(system.order))},
                   {std::to_string(stage + 1)},
                   {std::to_string(system.runs)},
                   {system.runs == 0 ? "-" : in_short(system.time / static_cast<std::int64_t>(system.runs))},
                   {std::to_string(system.created)},
                   {std::to_string(system.destroyed)},
                   {script.failure ? std::string(name(script.failure->outcome)) : "ok",
                    script.failure ? std::optional<Rgb>(red) : std::nullopt}});
    }
    std::string text = table.text(width, depth);
    for (const SystemReport& system : report.systems)
        for (const std::string& torn : system.torn) text += "torn by " + harmless(system.name) + ": " + torn + "\n";
    return text;
}

/// Indents every line; leaves out blank ones at the end.
std::string indented(std::string_view text, std::string_view by) {
    std::string lines;
    while (text.ends_with('\n')) text.remove_suffix(1);
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        ((lines += by) += text.substr(0, end)) += '\n';
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

std::string last_lines(std::string_view text, int most) {
    while (text.ends_with('\n')) text.remove_suffix(1);
    std::size_t from = text.size();
    for (int lines = 0; from > 0; --from)
        if (text[from - 1] == '\n' && ++lines == most) break;
    return std::string(text.substr(from));
}

}  // namespace

std::string_view plain_message(const Failure& failure) {
    std::string_view message = failure.message;
    const std::string outcome = std::string(name(failure.outcome)) + ": ";
    if (message.starts_with(outcome)) message.remove_prefix(outcome.size());
    return message;
}

std::string to_text(const std::string& who, const Failure& failure, std::string_view stdout_tail,
                    std::string_view stderr_tail) {
    std::string text = who + ": " + std::string(name(failure.outcome));
    if (failure.outcome != Outcome::compile_error && failure.outcome != Outcome::not_ready)
        text += " at tick " + std::to_string(failure.tick) +
                (failure.round > 1 ? ", round " + std::to_string(failure.round) : "");
    // What it says may have several lines; none of them may look like one of ours.
    const std::string message = harmless(plain_message(failure));
    const auto first = message.find('\n');
    text += ": " + message.substr(0, first) + "\n";
    if (first != std::string::npos) text += indented(message.substr(first + 1), "    ");
    if (!failure.file.empty()) {
        text +=
            "    " + on_one_line(failure.file) + (failure.line > 0 ? ":" + std::to_string(failure.line) : "") + "\n";
        if (!failure.source.empty()) text += "        " + harmless(failure.source) + "\n";
    }
    if (failure.used && failure.allowed) {
        char times[80];
        std::snprintf(times, sizeof times, "    used %.1f ms of %.0f ms\n", failure.used->count(),
                      failure.allowed->count());
        text += times;
    }
    if (!failure.trace.empty()) text += indented(harmless(last_lines(failure.trace, 30)), "    | ");
    const auto tail = [&](const char* title, std::string_view words) {
        const std::string last = last_lines(words, 8);
        if (last.empty() || failure.trace.find(last) != std::string::npos) return;
        (text += "    its last lines on ") += std::string(title) + ":\n" + indented(harmless(last), "    > ");
    };
    tail("stdout", stdout_tail);
    tail("stderr", stderr_tail);
    return text;
}

std::string to_text(const MatchReport& report, std::size_t width, ColorDepth depth) {
    TextTable table({{.title = "seat"},
                     {.title = "script", .shrinks = true},
                     {.title = "language"},
                     {.title = "result"},
                     {.title = "score", .align = Align::right},
                     {.title = "ticks", .align = Align::right},
                     {.title = "outcomes", .shrinks = true, .wraps = true},
                     {.title = "median", .align = Align::right},
                     {.title = "p99", .align = Align::right},
                     {.title = "max", .align = Align::right},
                     {.title = "CPU", .align = Align::right},
                     {.title = "memory", .align = Align::right}});
    const auto latency = [](const ScriptStatistics& statistics, Clock::duration time) {
        return statistics.latency.count() == 0 ? std::string("-") : in_short(time);
    };
    for (const PlayerReport& player : report.players) {
        const ScriptStatistics& statistics = player.statistics;
        const Rgb red{220, 80, 80};
        table.add({{player.name},
                   {std::filesystem::path(player.script).filename().string()},
                   {player.language.empty() ? "-" : player.language},
                   {result(player), player.failure ? std::optional<Rgb>(red) : std::nullopt},
                   {number(player.score)},
                   {std::to_string(statistics.ticks())},
                   {outcomes(statistics)},
                   {latency(statistics, statistics.latency.quantile(0.5))},
                   {latency(statistics, statistics.latency.quantile(0.99))},
                   {latency(statistics, statistics.latency.longest())},
                   {in_short(player.cpu)},
                   {memory(player.peak_memory)}});
    }
    std::string text = report.players.empty() ? "" : table.text(width, depth);
    text += systems_table(report, width, depth);
    text += report.game + ", seed " + std::to_string(report.seed) + ": " + std::to_string(report.ticks) + " ticks, " +
            std::to_string(report.rounds) + (report.rounds == 1 ? " round" : " rounds");
    switch (report.end) {
        case MatchEnd::rounds_played:
            break;
        case MatchEnd::ticks_played:
            text += "; stopped after the ticks that were asked for";
            break;
        case MatchEnd::all_lost:
            text += "; no script was left";
            break;
        case MatchEnd::game_failed:
            text += "; the game's own script failed";
            break;
        case MatchEnd::systems_failed:
            text += "; a system failed";
            break;
        case MatchEnd::stopped:
            text += "; interrupted";
            break;
    }
    text += "; world " + hash_text(report.world_hash) + "\n";
    if (!report.sandbox.empty()) text += "sandbox: " + report.sandbox;
    if (!report.data_tier.empty()) text += (report.sandbox.empty() ? "columns: " : "; columns: ") + report.data_tier;
    if (!report.sandbox.empty() || !report.data_tier.empty()) text += "\n";
    text += trust(report);
    if (report.game_script && report.game_script->failure)
        text += "\n" + to_text("game", *report.game_script->failure, report.game_script->stdout_tail,
                               report.game_script->stderr_tail);
    for (const PlayerReport& script : report.system_scripts) {
        if (script.failure)
            text += "\n" + to_text(script.name, *script.failure, script.stdout_tail, script.stderr_tail);
        if (!script.denied.empty()) text += "\n" + denied(script);
    }
    for (const PlayerReport& player : report.players) {
        if (player.failure)
            text += "\n" + to_text(player.name, *player.failure, player.stdout_tail, player.stderr_tail);
        if (!player.denied.empty()) text += "\n" + denied(player);
        if (player.late_answers + player.unasked > 0)
            text += "\n" + player.name + ": " + std::to_string(player.late_answers) + " late and " +
                    std::to_string(player.unasked) + " unasked answers were dropped\n";
    }
    return text;
}

}  // namespace dragoman
