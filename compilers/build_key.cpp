#include "compilers/build_key.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <vector>

#include "compilers/content_hash.hpp"

namespace dragoman {

namespace {

/// Raise it when the way of building changes, so that older builds are not taken for new ones.
constexpr std::int64_t build_format = 1;

struct Stamp {
    std::int64_t size, seconds, nanoseconds;
};

std::optional<Stamp> size_and_time(const std::filesystem::path& file) {
    struct stat facts {};
    if (::stat(file.c_str(), &facts) != 0) return std::nullopt;
    return Stamp{facts.st_size, facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec};
}

void add_file(ContentHash& hash, const std::filesystem::path& file) {
    hash.add(file.string());
    if (const auto stamp = size_and_time(file)) {
        hash.add(stamp->size);
        hash.add(stamp->seconds);
        hash.add(stamp->nanoseconds);
    }
}

}  // namespace

std::string program_stamp(const std::filesystem::path& program) {
    ContentHash hash;
    add_file(hash, program);
    return hash.hex();
}

std::string folder_stamp(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> files;
    std::error_code none;
    std::filesystem::recursive_directory_iterator entry(folder, none);
    for (; !none && entry != std::filesystem::recursive_directory_iterator(); entry.increment(none)) {
        const auto name = entry->path().filename().string();
        const bool counts = !name.starts_with('.') && name != "__pycache__";
        std::error_code unreadable;
        const bool is_folder = entry->is_directory(unreadable);
        if (is_folder && !counts) entry.disable_recursion_pending();
        if (!is_folder && counts) files.push_back(entry->path());
    }
    std::sort(files.begin(), files.end());
    ContentHash hash;
    for (const auto& file : files) add_file(hash, file);
    return hash.hex();
}

std::string build_key(const Language& language, const std::filesystem::path& script, std::string_view source,
                      const std::map<std::string, std::filesystem::path>& programs, std::string_view version) {
    ContentHash hash;
    hash.add(build_format);
    hash.add(script.string());
    hash.add(source);
    hash.add(language.folder.string());
    hash.add(bytes_of_file(language.manifest()).value_or(""));
    hash.add(language.compile_script ? bytes_of_file(*language.compile_script).value_or("") : "");
    hash.add(language.client.string());
    hash.add(folder_stamp(language.client));
    for (const auto& [name, file] : programs) {
        hash.add(name);
        hash.add(program_stamp(file));
    }
    hash.add(version);
    // A home that several machines share: a compiler may build for the processor that it runs on.
    hash.add(bytes_of_file("/etc/machine-id").value_or(""));
    return hash.hex();
}

}  // namespace dragoman
