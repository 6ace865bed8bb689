#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "compilers/language.hpp"

namespace dragoman {

/// The full path of a program: the system's folders come before PATH, since a shim in somebody's home
/// cannot be run in the sandbox. An absolute path is taken as it is. Only an executable regular file counts.
std::optional<std::filesystem::path> find_program(std::string_view name);
std::optional<std::filesystem::path> find_program(std::string_view name, std::string_view path_variable);

/// "g++ was not found (apt install g++)"
std::string missing_program(const Need& need);

}  // namespace dragoman
