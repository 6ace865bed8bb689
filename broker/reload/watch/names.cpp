#include "broker/reload/watch/names.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <charconv>

namespace dragoman::watch {

namespace {

/// Vim tries whether it may make files in a folder: with 4913, or where that exists with 123 more, and so on.
bool is_vims_probe(std::string_view name) {
    int number = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    return error == std::errc() && end == name.data() + name.size() && number >= 4913 && (number - 4913) % 123 == 0;
}

}  // namespace

bool is_temporary(std::string_view name) {
    if (name.empty() || name.starts_with('.') || name.ends_with('~')) return true;
    if (name.starts_with('#') && name.ends_with('#')) return true;
    for (const std::string_view end : {".swp", ".swo", ".swx", ".tmp", ".kate-swp", "___jb_tmp___", "___jb_old___"})
        if (name.ends_with(end)) return true;
    return is_vims_probe(name);
}

bool is_passed_over(std::string_view folder) {
    return is_temporary(folder) || folder == "__pycache__" || folder == "node_modules";
}

bool Filter::wants(const std::string& name) const {
    return !is_temporary(name) && std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
        return ::fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
    });
}

}  // namespace dragoman::watch
