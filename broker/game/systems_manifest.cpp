#include "broker/game/systems_manifest.hpp"

#include <algorithm>

#include "compilers/size.hpp"

namespace dragoman {
namespace {

namespace fs = std::filesystem;

/// Those that do not begin with a dot or an underscore, which may be theirs to include.
std::vector<fs::path> scripts_in(const fs::path& folder) {
    std::vector<fs::path> files;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        const std::string name = entry.path().filename().string();
        const std::string extension = entry.path().extension().string();
        const bool is_header = extension == ".hpp" || extension == ".h";
        std::error_code ignored;
        if (!name.starts_with('.') && !name.starts_with('_') && !name.ends_with('~') && !is_header &&
            !extension.empty() && entry.is_regular_file(ignored))
            files.push_back(entry.path());
    }
    std::ranges::sort(files);
    return files;
}

template <class Value>
void choose(TomlSection& section, const char* key, std::initializer_list<std::pair<const char*, Value>> choices,
            Value& to) {
    if (!section.has(key)) return;
    const std::string given = section.text(key, "");
    std::string known;
    for (const auto& [word, value] : choices) {
        if (given == word) {
            to = value;
            return;
        }
        known += (known.empty() ? "\"" : ", \"") + std::string(word) + "\"";
    }
    section.complain(key, "expected one of " + known);
}

}  // namespace

SystemsManifest read_systems(const toml::table& top, const fs::path& file, Problems& problems) {
    SystemsManifest manifest;
    const fs::path game = file.parent_path();
    TomlSection whole(top, "", file, problems);
    TomlSection section = whole.section("systems");
    section.allow_only({"folder", "scripts", "mode", "after_failure", "torn", "data", "commands", "signal"});

    if (section.has("scripts")) {
        for (const std::string& name : section.texts("scripts")) {
            const fs::path script = game / name;
            std::error_code error;
            if (!fs::is_regular_file(script, error))
                section.complain("scripts", "there is no file " + name + " in the game's folder");
            manifest.scripts.push_back(script);
        }
    } else {
        const std::string folder = section.text("folder", "systems");
        manifest.scripts = scripts_in(game / folder);
        if (section.has("folder") && manifest.scripts.empty())
            section.complain("folder", "there is no script in " + folder);
    }

    SystemsOptions& options = manifest.options;
    if (section.has("mode")) {
        choose(section, "mode", {{"replace", WriteMode::replace}, {"in_place", WriteMode::in_place}},
               options.untrusted_mode);
        options.trusted_mode = options.untrusted_mode;
    }
    choose(section, "after_failure", {{"go_on", AfterFailure::go_on}, {"stop", AfterFailure::stop}},
           options.after_failure);
    choose(section, "torn", {{"keep", TornPolicy::keep}, {"restore", TornPolicy::restore}}, options.torn);
    choose(section, "data",
           {{"auto", DataTier::shared},
            {"shared", DataTier::shared},
            {"sealed", DataTier::sealed},
            {"isolated", DataTier::isolated}},
           options.at_least);
    choose(section, "signal", {{"shared", false}, {"lines", true}}, options.by_lines);
    if (section.has("commands")) {
        const auto size = parse_size(section.text("commands", ""));
        if (size && *size >= 4096 && *size <= (std::size_t{4} << 30))
            options.command_bytes = *size;
        else
            section.complain("commands", "expected a size from 4KiB to 4GiB, such as \"64MiB\"");
    }
    return manifest;
}

}  // namespace dragoman
