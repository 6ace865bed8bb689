#include "broker/game/trust.hpp"

#include <algorithm>

namespace dragoman {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view game_seat = "game";

bool is_seat(const std::string& name, const std::vector<std::string>& seats) {
    return name == game_seat || std::find(seats.begin(), seats.end(), name) != seats.end();
}

std::vector<std::string> known_limits() {
    std::vector<std::string> names;
    for (const LimitName& one : limit_names()) names.emplace_back(one.name);
    return names;
}

void set_limits(const toml::table& table, TomlSection& section, Limits& limits) {
    for (const std::string& name : known_limits()) {
        const toml::node* const node = table.get(name);
        if (node == nullptr) continue;
        std::string text;
        if (const auto* number = node->as_integer())
            text = std::to_string(number->get());
        else if (node->is_string())
            text = node->value_or(std::string());
        if (const auto wrong = set_limit(limits, name, text)) section.complain(name, *wrong);
    }
}

class TrustReader {
public:
    TrustReader(const toml::table& table, TomlSection& section, fs::path folder)
        : table_(table), section_(section), folder_(std::move(folder)) {}

    Confinement read() {
        section_.allow_only({"level", "read", "reason"});
        Confinement confinement;
        const std::string level = section_.required_text("level");
        if (level == name(Trust::trusted))
            confinement.trust = Trust::trusted;
        else if (level == name(Trust::trusted_read))
            confinement.trust = Trust::trusted_read;
        else if (!level.empty() && level != name(Trust::untrusted))
            section_.complain("level",
                              "expected \"untrusted\", \"trusted-read\" or \"trusted\", got \"" + level + "\"");
        confinement.reason = section_.text("reason", "");
        if (confinement.trust != Trust::untrusted && confinement.reason.find_first_not_of(" \t\n") == std::string::npos)
            section_.complain("reason", "is missing: say why it is trusted; it is shown in every report");
        read_paths(confinement);
        return confinement;
    }

private:
    void read_paths(Confinement& confinement) {
        if (table_.contains("read") && confinement.trust != Trust::trusted_read)
            return section_.complain("read", "has a meaning with level = \"trusted-read\" only");
        const auto paths = section_.texts("read");
        if (paths.empty() && confinement.trust == Trust::trusted_read)
            section_.complain("read", "is missing: the folders or files that it may read");
        for (const std::string& text : paths) {
            const fs::path path = (folder_ / text).lexically_normal();
            std::error_code error;
            if (text.empty() || !fs::exists(path, error))
                section_.complain("read", "there is no " + path.string());
            else if (path == "/")
                section_.complain("read", "all that there is on the machine is too much: name folders");
            confinement.reads.push_back(path);
        }
    }

    const toml::table& table_;
    TomlSection& section_;
    fs::path folder_;
};

/// The same file, whatever links lead to it.
bool same_file(const fs::path& one, const fs::path& other) {
    std::error_code error;
    return fs::weakly_canonical(one, error) == fs::weakly_canonical(other, error) && !error;
}

}  // namespace

Confinement GameConfinements::of(const std::string& seat, const fs::path& folder, const fs::path& script) const {
    const auto own = seat_limits.find(seat);
    Confinement confinement;
    // By path before by seat: the file is the narrower word.
    for (const bool by_path : {true, false}) {
        const auto found = std::find_if(trusted.begin(), trusted.end(), [&](const Trusted& one) {
            return by_path ? !script.empty() && same_file(folder / one.who, fs::absolute(script)) : one.who == seat;
        });
        if (found == trusted.end()) continue;
        confinement = found->confinement;
        break;
    }
    // What players may use says nothing of what the game needs.
    confinement.limits = own != seat_limits.end() ? own->second : seat == game_seat ? Limits{} : limits;
    return confinement;
}

void read_limits(const toml::table& table, const fs::path& file, const std::vector<std::string>& seats,
                 GameConfinements& confinements, Problems& problems) {
    auto allowed = known_limits();
    allowed.insert(allowed.end(), {"tick_timeout", "start_timeout", std::string(game_seat)});
    allowed.insert(allowed.end(), seats.begin(), seats.end());
    TomlSection section(table, "limits", file, problems);
    section.allow_only(allowed);
    set_limits(table, section, confinements.limits);
    for (const auto& [key, node] : table) {
        const std::string seat(key.str());
        if (!is_seat(seat, seats)) continue;
        const toml::table* const own = node.as_table();
        if (own == nullptr) {
            section.complain(seat, "expected a table [limits.\"" + seat + "\"] with limits of this seat");
            continue;
        }
        TomlSection own_section(*own, "limits." + seat, file, problems);
        own_section.allow_only(known_limits());
        Limits limits = seat == game_seat ? Limits{} : confinements.limits;
        set_limits(*own, own_section, limits);
        confinements.seat_limits.emplace(seat, limits);
    }
}

void read_trust(const toml::table& table, const fs::path& file, const std::vector<std::string>& seats,
                GameConfinements& confinements, Problems& problems, Problems& warnings) {
    const fs::path folder = file.parent_path();
    for (const auto& [key, node] : table) {
        const std::string who(key.str());
        const toml::table* const one = node.as_table();
        if (one == nullptr) {
            problems.push_back({file, static_cast<int>(node.source().begin.line),
                                "trust." + who + ": expected a table [trust.\"" + who + "\"] with level and reason"});
            continue;
        }
        TomlSection section(*one, "trust." + who, file, problems);
        confinements.trusted.push_back({who, TrustReader(*one, section, folder).read()});
        std::error_code error;
        if (!is_seat(who, seats) && !fs::exists(folder / who, error))
            warnings.push_back({file, static_cast<int>(node.source().begin.line),
                                "trust." + who + ": there is no such seat, and no such file in the game's folder"});
    }
}

}  // namespace dragoman
