#include "compilers/languages.hpp"

#include <algorithm>
#include <cctype>

namespace dragoman {

namespace {

const Language* claimed_by(const std::vector<std::unique_ptr<const Language>>& languages, std::string_view extension) {
    for (const auto& language : languages) {
        const auto& list = language->extensions;
        if (std::find(list.begin(), list.end(), extension) != list.end()) return language.get();
    }
    return nullptr;
}

std::string lower_case(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
}

}  // namespace

Languages::Languages(const std::vector<std::filesystem::path>& places, const std::filesystem::path& clients_root) {
    for (const auto& place : places) read_place(place, clients_root);
}

void Languages::read_place(const std::filesystem::path& place, const std::filesystem::path& clients_root) {
    std::vector<std::filesystem::path> folders;
    std::error_code none;
    std::filesystem::directory_iterator entry(place, none);
    for (; !none && entry != std::filesystem::directory_iterator(); entry.increment(none)) {
        std::error_code not_there;
        if (std::filesystem::exists(entry->path() / "language.toml", not_there)) folders.push_back(entry->path());
    }
    std::sort(folders.begin(), folders.end());
    for (const auto& folder : folders) {
        auto read = read_language(folder, clients_root);
        if (auto* language = std::get_if<Language>(&read)) {
            add(std::move(*language));
        } else {
            const auto& problems = std::get<Problems>(read);
            problems_.insert(problems_.end(), problems.begin(), problems.end());
        }
    }
}

void Languages::add(Language language) {
    // Hiding a language of a later place is what places are for; two claims in one place are a mistake.
    const auto report_clash = [&](const Language& other, const std::string& what) {
        if (other.folder.parent_path() != language.folder.parent_path()) return;
        problems_.push_back({language.manifest(), 0, what + " belongs to " + other.manifest().string() + " already"});
    };
    if (const auto* other = find(language.name)) {
        report_clash(*other, "the name \"" + language.name + "\"");
        return;
    }
    std::erase_if(language.extensions, [&](const std::string& extension) {
        const auto* other = claimed_by(languages_, extension);
        if (other) report_clash(*other, "the extension \"" + extension + "\"");
        return other != nullptr;
    });
    languages_.push_back(std::make_unique<const Language>(std::move(language)));
}

const Language* Languages::for_script(const std::filesystem::path& script) const {
    const auto extension = script.extension().string();
    if (extension.empty()) return nullptr;
    const auto* exactly = claimed_by(languages_, extension);
    return exactly ? exactly : claimed_by(languages_, lower_case(extension));
}

std::string Languages::why_unknown(const std::filesystem::path& script) const {
    const auto extension = script.extension().string();
    std::string text =
        extension.empty() ? "the file name has no extension" : "no language has the extension \"" + extension + "\"";
    std::vector<std::string> known;
    for (const auto& language : languages_) {
        known.insert(known.end(), language->extensions.begin(), language->extensions.end());
    }
    std::sort(known.begin(), known.end());
    text += known.empty() ? "; no language was found" : "; known are";
    for (const auto& each : known) text += " " + each;
    for (const auto& problem : problems_) text += "\n  not read: " + problem.text();
    return text;
}

const Language* Languages::find(std::string_view name) const {
    for (const auto& language : languages_) {
        if (language->name == name) return language.get();
    }
    return nullptr;
}

}  // namespace dragoman
