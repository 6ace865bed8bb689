#include "compilers/language.hpp"

#include <unistd.h>

#include <algorithm>
#include <cctype>

#include "compilers/content_hash.hpp"
#include "compilers/duration.hpp"
#include "compilers/near_miss.hpp"
#include "compilers/placeholders.hpp"
#include "compilers/toml_section.hpp"

namespace dragoman {

namespace {

/// Reads one manifest; each step fills a part of the language.
class Manifest {
public:
    Manifest(const toml::table& table, const std::filesystem::path& file, Language& language, Problems& problems)
        : top_(table, "", file, problems),
          compile_(top_.section("compile")),
          run_(top_.section("run")),
          language_(language) {}

    void read() {
        top_.allow_only({"name", "title", "extensions", "needs", "version", "compile", "run"});
        read_names();
        read_extensions();
        read_needs();
        language_.version = command(top_, "version", top_.texts("version"), language_placeholders());
        read_compile();
        read_run();
    }

private:
    void read_names();
    void read_extensions();
    void read_needs();
    void read_compile();
    void read_run();

    std::vector<std::string> language_placeholders() const;
    std::vector<std::string> placeholders(bool compiled) const;
    void check(TomlSection& section, std::string_view key, std::string_view text,
               const std::vector<std::string>& allowed);
    CommandTemplate command(TomlSection& section, std::string_view key, CommandTemplate words,
                            const std::vector<std::string>& allowed);

    TomlSection top_, compile_, run_;
    Language& language_;
};

void Manifest::read_names() {
    language_.name = top_.required_text("name");
    const auto is_letter = [](unsigned char c) { return std::isalnum(c) || c == '_' || c == '-' || c == '+'; };
    if (!std::all_of(language_.name.begin(), language_.name.end(), is_letter)) {
        top_.complain("name", "expected one word, got \"" + language_.name + "\"");
    }
    language_.title = top_.text("title", language_.name);
}

void Manifest::read_extensions() {
    language_.extensions = top_.texts("extensions");
    if (language_.extensions.empty()) top_.complain("extensions", "expected at least one, such as \".py\"");
    for (const auto& extension : language_.extensions) {
        const bool is_one =
            extension.size() > 1 && extension.rfind('.') == 0 && extension.find('/') == std::string::npos;
        if (!is_one)
            top_.complain("extensions", "expected a dot and letters, such as \".py\", got \"" + extension + "\"");
    }
}

void Manifest::read_needs() {
    for (auto& need : top_.sections("needs")) {
        need.allow_only({"program", "package"});
        language_.needs.push_back({need.required_text("program"), need.text("package", "")});
    }
}

std::vector<std::string> Manifest::language_placeholders() const {
    std::vector<std::string> names{"client", "language"};
    for (const auto& need : language_.needs) names.push_back(need.program);
    return names;
}

std::vector<std::string> Manifest::placeholders(bool compiled) const {
    auto names = script_placeholders(compiled);
    const auto more = language_placeholders();
    names.insert(names.end(), more.begin(), more.end());
    return names;
}

void Manifest::check(TomlSection& section, std::string_view key, std::string_view text,
                     const std::vector<std::string>& allowed) {
    if (text.find('\0') != std::string_view::npos) section.complain(key, "a zero byte cannot be in a text here");
    for (const auto& name : placeholders_in(text)) {
        if (name == "client" && !std::filesystem::is_directory(language_.client)) {
            section.complain(key, "{client} is used, but there is no folder " + language_.client.string());
        }
        if (std::find(allowed.begin(), allowed.end(), name) != allowed.end()) continue;
        const auto compiled = script_placeholders(true);
        const bool needs_compiling = std::find(compiled.begin(), compiled.end(), name) != compiled.end();
        section.complain(key, needs_compiling ? "{" + name + "} has no meaning here"
                                              : "unknown placeholder {" + name + "}" + did_you_mean(name, allowed) +
                                                    "; a program must stand in needs; a brace itself is written {{");
    }
}

CommandTemplate Manifest::command(TomlSection& section, std::string_view key, CommandTemplate words,
                                  const std::vector<std::string>& allowed) {
    for (const auto& word : words) check(section, key, word, allowed);
    if (section.has_list(key) && (words.empty() || words.front().empty())) {
        section.complain(key, "expected a program and its arguments, got nothing");
    }
    return words;
}

void Manifest::read_compile() {
    compile_.allow_only({"commands", "depfile", "timeout"});
    for (auto& words : compile_.lists_of_texts("commands")) {
        language_.compile.commands.push_back(command(compile_, "commands", std::move(words), placeholders(true)));
    }
    if (language_.compile_script && compile_.has("commands")) {
        compile_.complain("commands", "there is a compile_script, which takes their place: leave one of them out");
    }
    if (!language_.compile_script && top_.has("compile") && language_.compile.commands.empty()) {
        compile_.complain("commands", "expected at least one command");
    }
    language_.compile.depfile = compile_.text("depfile", "");
    check(compile_, "depfile", language_.compile.depfile, placeholders(true));
    if (compile_.has("timeout")) {
        const auto text = compile_.text("timeout", "60s");
        const auto timeout = parse_duration(text);
        if (!timeout)
            compile_.complain("timeout", "expected a time such as \"60s\" or \"500ms\", got \"" + text + "\"");
        language_.compile.timeout = timeout.value_or(language_.compile.timeout);
    }
}

void Manifest::read_run() {
    const auto allowed = placeholders(language_.compiles());
    run_.allow_only({"command", "warm", "channel", "environment", "reads", "memory_errors", "thread_errors"});
    language_.run.command = command(run_, "command", run_.texts("command"), allowed);
    if (language_.compile_script) {
        if (run_.has("command")) {
            run_.complain("command", "there is a compile_script, which prints the command: leave one of them out");
        }
    } else if (!run_.has("command")) {
        run_.complain("command", "is missing; expected a list such as [\"{python3}\", \"{script}\"]");
    }
    language_.run.warm = command(run_, "warm", run_.texts("warm"), language_placeholders());
    const auto channel = run_.text("channel", "stdio");
    if (channel == "private") {
        language_.run.channel = Channel::Private;
    } else if (channel != "stdio") {
        run_.complain("channel", "expected \"stdio\" or \"private\", got \"" + channel + "\"");
    }
    for (auto& [key, value] : run_.pairs_of_texts("environment")) {
        check(run_, "environment", value, allowed);
        if (key.empty() || key.find_first_of(std::string_view("=\0", 2)) != std::string::npos) {
            run_.complain("environment", "\"" + key + "\" cannot be the name of a variable");
        }
        language_.run.environment[key] = value;
    }
    for (auto [key, texts] : {std::pair("memory_errors", &language_.run.memory_errors),
                              std::pair("thread_errors", &language_.run.thread_errors)}) {
        *texts = run_.texts(key);
        for (const auto& text : *texts)
            if (text.size() < 4) run_.complain(key, "expected texts that nothing else contains, got \"" + text + "\"");
    }
    language_.run.reads = run_.texts("reads");
    for (const auto& path : language_.run.reads) {
        check(run_, "reads", path, allowed);
        if (!path.starts_with('/') && !path.starts_with('{')) {
            run_.complain("reads", "expected a full path, got \"" + path + "\"");
        }
    }
}

std::vector<std::filesystem::path> templates_in(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> files;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(folder, none)) {
        if (entry.path().filename().string().starts_with("template") && entry.path().has_extension()) {
            files.push_back(entry.path());
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

std::optional<std::filesystem::path> compile_script_in(const std::filesystem::path& folder, Problems& problems) {
    const auto file = folder / "compile_script";
    std::error_code none;
    if (!std::filesystem::exists(file, none)) return std::nullopt;
    if (!std::filesystem::is_regular_file(file, none) || ::access(file.c_str(), X_OK) != 0) {
        problems.push_back({file, 0, "is not an executable file (chmod +x)"});
    }
    return file;
}

}  // namespace

std::string_view name(Channel channel) { return channel == Channel::Private ? "private" : "stdio"; }

std::variant<Language, Problems> read_language(const std::filesystem::path& folder,
                                               const std::filesystem::path& clients_root) {
    Language language;
    std::error_code none;
    language.folder = std::filesystem::absolute(folder, none).lexically_normal();
    Problems problems;
    const auto text = bytes_of_file(language.manifest());
    if (!text) return Problems{{language.manifest(), 0, "cannot be read"}};
    try {
        const auto table = toml::parse(*text, language.manifest().string());
        const auto own_client = language.folder / "client";
        language.client = std::filesystem::is_directory(own_client, none)
                              ? own_client
                              : std::filesystem::absolute(clients_root, none).lexically_normal() /
                                    table["name"].value_or(std::string("?"));
        language.compile_script = compile_script_in(language.folder, problems);
        language.templates = templates_in(language.folder);
        Manifest(table, language.manifest(), language, problems).read();
    } catch (const toml::parse_error& error) {
        const auto line = static_cast<int>(error.source().begin.line);
        return Problems{{language.manifest(), line, std::string(error.description())}};
    }
    if (!problems.empty()) return problems;
    return language;
}

}  // namespace dragoman
