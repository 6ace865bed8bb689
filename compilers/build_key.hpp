#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "compilers/language.hpp"

namespace dragoman {

/// Names what a build is made of, as far as it is known before building; the rest are the dependencies.
/// The script's full path counts (`__FILE__`, neighbours): two scripts never share a build.
std::string build_key(const Language& language, const std::filesystem::path& script, std::string_view source,
                      const std::map<std::string, std::filesystem::path>& programs, std::string_view version);

/// Changes when the program does, without running it.
std::string program_stamp(const std::filesystem::path& program);

/// Changes when a file in the folder does, by names, sizes and modification times. Hidden files do not count.
std::string folder_stamp(const std::filesystem::path& folder);

}  // namespace dragoman
