#include <CLI/CLI.hpp>
#include <cstdio>

#include "broker/broker.hpp"
#include "broker/command/commands.hpp"
#include "broker/command/confine.hpp"
#include "broker/session/transcript.hpp"

namespace dragoman::command {
namespace {

struct CompileOptions {
    std::string script;
    std::string game;
    std::string sandbox = "auto";
    bool json = false;
};

int compile(const CompileOptions& options) {
    BrokerOptions broker_options;
    if (!options.game.empty()) broker_options.languages = {std::filesystem::path(options.game) / "languages"};
    broker_options.warn = [](const std::string& text) { std::fprintf(stderr, "dragoman: %s\n", text.c_str()); };
    broker_options.sandbox = dragoman::sandbox_mode(options.sandbox).value_or(SandboxMode::automatic);
    Broker broker(std::move(broker_options));
    std::optional<Built> built;
    broker.builder().build(options.script, [&](Built result) { built = std::move(result); });
    broker.run_until([&] { return built.has_value(); });

    if (const auto* failure = std::get_if<BuildFailure>(&*built)) {
        if (options.json)
            std::printf("%s\n", Json{{"error", name(failure->kind)},
                                     {"message", valid_utf8(failure->message)},
                                     {"file", valid_utf8(failure->file.string())},
                                     {"line", failure->line},
                                     {"output", valid_utf8(failure->output)}}
                                    .dump(2)
                                    .c_str());
        const std::string said = harmless(failure->output);
        std::fprintf(stderr, "%s%sdragoman: %s\n", said.c_str(), said.ends_with('\n') || said.empty() ? "" : "\n",
                     harmless(failure->text()).c_str());
        return failure->kind == BuildFailure::Kind::NoSuchFile || failure->kind == BuildFailure::Kind::UnknownLanguage
                   ? wrong_usage
                   : did_not_compile;
    }
    const auto& runnable = std::get<Runnable>(*built);
    if (options.json) {
        Json document{{"command", runnable.argv},
                      {"channel", name(runnable.channel)},
                      {"environment", runnable.environment},
                      {"cwd", runnable.cwd.string()},
                      {"language", runnable.language->name},
                      {"from_cache", runnable.from_cache},
                      {"build_ms", runnable.build_time.count()}};
        std::printf("%s\n", document.dump(2, ' ', false, Json::error_handler_t::replace).c_str());
    } else {
        std::printf("%s, %s:", runnable.language->title.c_str(),
                    !runnable.language->compiles() ? "not compiled"
                    : runnable.from_cache          ? "cached"
                                                   : "compiled");
        for (const auto& word : runnable.argv) std::printf(" %s", word.c_str());
        std::printf("\n");
    }
    return success;
}

}  // namespace

Action add_compile(CLI::App& app) {
    auto options = std::make_shared<CompileOptions>();
    app.add_option("script", options->script, "the script's file")->required();
    app.add_option("--game", options->game, "also the languages/ of this game's folder");
    add_sandbox_option(app, options->sandbox);
    app.add_flag("--json", options->json, "a JSON document on stdout");
    return [options] { return compile(*options); };
}

}  // namespace dragoman::command
