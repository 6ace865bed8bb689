#include "broker/sandbox/known_scripts.hpp"

#include <cctype>
#include <utility>

namespace dragoman {
namespace {

namespace fs = std::filesystem;

std::string inside(const std::string& folder) { return folder == "/" ? folder : folder + "/"; }

}  // namespace

ScriptFile::ScriptFile(const fs::path& script) {
    std::error_code error;
    const fs::path called = fs::absolute(script, error).lexically_normal();
    const fs::path real_folder = fs::canonical(called.parent_path(), error);
    folder = (error ? called.parent_path() : real_folder).native();
    name = called.filename().native();
    place = real = inside(folder) + name;
    if (!fs::is_symlink(fs::symlink_status(place, error))) return;
    const fs::path led_to = fs::canonical(place, error);
    if (!error) real = led_to.native();
}

void KnownScripts::add(const ScriptFile& file, std::uint64_t artefact) {
    folders_[file.folder].insert_or_assign(file.name, file.real);
    const fs::path real(file.real);
    folders_[real.parent_path().native()].try_emplace(real.filename().native(), file.real);
    artefacts_.insert_or_assign(file.place, artefact);
}

bool KnownScripts::has(const ScriptFile& file, std::uint64_t artefact) const {
    const auto known = artefacts_.find(file.place);
    const Names* const names = in(file.folder);
    if (known == artefacts_.end() || known->second != artefact || names == nullptr) return false;
    const auto name = names->find(file.name);
    const fs::path real(file.real);
    const Names* const beside = in(real.parent_path().native());
    return name != names->end() && name->second == file.real && beside != nullptr &&
           beside->contains(real.filename().native());
}

std::optional<std::uint64_t> KnownScripts::artefact(const fs::path& script) const {
    const auto found = artefacts_.find(ScriptFile(script).place);
    return found != artefacts_.end() ? std::optional(found->second) : std::nullopt;
}

bool KnownScripts::hides(const fs::path& file, const ScriptFile& own) const {
    if (file == own.place || file == own.real) return false;
    const Names* const names = in(file.parent_path().native());
    if (names == nullptr) return false;
    const auto found = names->find(file.filename().native());
    return found != names->end() && found->second != own.real;
}

const KnownScripts::Names* KnownScripts::in(const std::string& folder) const {
    const auto found = folders_.find(folder);
    return found != folders_.end() ? &found->second : nullptr;
}

bool KnownScripts::hides(const Names& names, std::string_view name, const ScriptFile& own) {
    std::string part;
    const auto is_others = [&](std::string_view which) {
        const auto found = names.find(part = which);
        return found != names.end() && found->second != own.real && found->second != own.place;
    };
    if (is_others(name)) return true;
    const auto first = name.find_first_not_of(".#~_");
    if (first == std::string_view::npos) return false;
    name.remove_prefix(first);
    for (std::size_t end = 1; end <= name.size(); ++end) {
        const bool is_cut = end == name.size() || std::isalnum(static_cast<unsigned char>(name[end])) == 0;
        if (is_cut && is_others(name.substr(0, end))) return true;
    }
    return false;
}

/// Until `found` returns true.
template <typename Found>
void KnownScripts::find_below(const std::string& folder, const ScriptFile& own, Found&& found) const {
    const auto found_in = [&](const std::string& where, const Names& names) {
        for (const auto& [name, real] : names)
            if (real != own.real && real != own.place && found(inside(where) + name)) return true;
        return false;
    };
    if (const Names* const names = in(folder); names != nullptr && found_in(folder, *names)) return;
    const std::string start = inside(folder);
    for (auto at = folders_.lower_bound(start); at != folders_.end() && at->first.starts_with(start); ++at)
        if (at->first != folder && found_in(at->first, at->second)) return;
}

bool KnownScripts::any_below(const std::string& folder, const ScriptFile& own) const {
    bool any = false;
    find_below(folder, own, [&](const std::string&) { return any = true; });
    return any;
}

std::vector<std::string> KnownScripts::below(const std::string& folder, const ScriptFile& own) const {
    std::vector<std::string> all;
    find_below(folder, own, [&](std::string file) {
        all.push_back(std::move(file));
        return false;
    });
    return all;
}

}  // namespace dragoman
