#include "compilers/program.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

namespace dragoman {

namespace {

constexpr std::string_view system_folders = "/usr/bin:/usr/local/bin:/bin";

bool is_program(const std::filesystem::path& file) {
    struct stat facts {};
    return ::stat(file.c_str(), &facts) == 0 && S_ISREG(facts.st_mode) && ::access(file.c_str(), X_OK) == 0;
}

std::optional<std::filesystem::path> find_in(std::string_view folders, std::string_view name) {
    while (!folders.empty()) {
        const auto end = std::min(folders.find(':'), folders.size());
        const std::filesystem::path folder(folders.substr(0, end));
        folders.remove_prefix(std::min(end + 1, folders.size()));
        // A relative folder on PATH means another program in every working directory.
        if (folder.is_absolute() && is_program(folder / name)) return folder / name;
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::filesystem::path> find_program(std::string_view name, std::string_view path_variable) {
    if (name.empty()) return std::nullopt;
    if (name.find('/') != std::string_view::npos) {
        const std::filesystem::path file(name);
        return file.is_absolute() && is_program(file) ? std::optional(file) : std::nullopt;
    }
    const auto found = find_in(system_folders, name);
    return found ? found : find_in(path_variable, name);
}

std::optional<std::filesystem::path> find_program(std::string_view name) {
    const char* path_variable = std::getenv("PATH");
    return find_program(name, path_variable ? path_variable : "");
}

FoundPrograms find_programs(const Language& language) {
    FoundPrograms found;
    for (const auto& need : language.needs) {
        if (const auto path = find_program(need.program)) {
            found.paths[need.program] = *path;
        } else {
            found.missing.push_back(need);
        }
    }
    return found;
}

std::string missing_program(const Need& need) {
    return need.program + " was not found" + (need.package.empty() ? "" : " (apt install " + need.package + ")");
}

}  // namespace dragoman
