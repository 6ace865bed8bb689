#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compilers/language.hpp"

namespace dragoman {

/// The full path of a program: the system's folders come before PATH, since a shim in somebody's home
/// cannot be run in the sandbox. An absolute path is taken as it is. Only an executable regular file counts.
std::optional<std::filesystem::path> find_program(std::string_view name);
std::optional<std::filesystem::path> find_program(std::string_view name, std::string_view path_variable);

/// A language's programs: where they are, and which are not there.
struct FoundPrograms {
    std::map<std::string, std::filesystem::path> paths;
    std::vector<Need> missing;
};
FoundPrograms find_programs(const Language& language);

/// "g++ was not found (apt install g++)"
std::string missing_program(const Need& need);

}  // namespace dragoman
