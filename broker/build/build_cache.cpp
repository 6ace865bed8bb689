#include "broker/build/build_cache.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <set>
#include <vector>

#include "compilers/content_hash.hpp"

namespace dragoman {

namespace fs = std::filesystem;

namespace {

Descriptor lock(const fs::path& folder, int how) {
    Descriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    struct stat facts {};
    const bool is_ours = descriptor && ::flock(descriptor.get(), how | LOCK_NB) == 0 &&
                         ::fstat(descriptor.get(), &facts) == 0 && facts.st_nlink > 0;  // 0: removed meanwhile
    return is_ours ? std::move(descriptor) : Descriptor();
}

/// For its owner alone: what lies there will be run.
bool make_folder(const fs::path& folder) {
    std::error_code error;
    if (fs::create_directories(folder, error)) fs::permissions(folder, fs::perms::owner_all, error);
    return fs::is_directory(folder, error);
}

std::optional<fs::path> make_unique_folder(const fs::path& parent, const std::string& prefix) {
    auto name = (parent / (prefix + "XXXXXX")).string();
    if (!::mkdtemp(name.data())) return std::nullopt;
    return fs::path(name);
}

bool write_whole(const fs::path& file, std::string_view bytes) {
    auto name = file.string() + ".tmp-XXXXXX";
    Descriptor descriptor(::mkostemp(name.data(), O_CLOEXEC));
    if (!descriptor) return false;
    bool is_written = true;
    while (is_written && !bytes.empty()) {
        const auto count = ::write(descriptor.get(), bytes.data(), bytes.size());
        is_written = count > 0;
        if (is_written) bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    is_written = is_written && ::fsync(descriptor.get()) == 0 && ::rename(name.c_str(), file.c_str()) == 0;
    if (!is_written) ::unlink(name.c_str());
    return is_written;
}

void remove_tree(const fs::path& folder) {
    std::error_code error;
    fs::remove_all(folder, error);
    if (!error) return;
    // Some tools leave folders that may not be written to (Go's module cache).
    std::error_code none;
    fs::permissions(folder, fs::perms::owner_all, none);
    fs::recursive_directory_iterator entry(folder, none);
    for (; !none && entry != fs::recursive_directory_iterator(); entry.increment(none)) {
        std::error_code unknown;
        if (entry->is_directory(unknown) && !entry->is_symlink(unknown)) {
            fs::permissions(entry->path(), fs::perms::owner_all, unknown);
        }
    }
    fs::remove_all(folder, error);
}

std::uint64_t bytes_in(const fs::path& folder) {
    std::uint64_t bytes = 0;
    std::error_code none;
    fs::recursive_directory_iterator entry(folder, none);
    for (; !none && entry != fs::recursive_directory_iterator(); entry.increment(none)) {
        std::error_code unknown;
        if (entry->symlink_status(unknown).type() != fs::file_type::regular) continue;
        const auto size = entry->file_size(unknown);
        if (!unknown) bytes += size;
    }
    return bytes;
}

/// A power cut may leave an entry whose folder was never written out.
bool is_all_there(const BuildRecord& record, const fs::path& folder) {
    if (record.argv.empty()) return false;
    std::error_code none;
    return std::all_of(record.argv.begin(), record.argv.end(), [&](const std::string& word) {
        if (!word.starts_with(folder.string() + "/")) return true;
        const auto status = fs::status(word, none);
        if (status.type() == fs::file_type::regular) return fs::file_size(word, none) > 0;
        return status.type() == fs::file_type::directory;
    });
}

struct Entry {
    fs::path file;
    fs::path folder;
    std::uint64_t bytes;
    fs::file_time_type used;
};

}  // namespace

BuildCache::BuildCache(fs::path root) : root_(std::move(root)) {}

BuildCache::~BuildCache() {
    if (!temporary_.empty()) remove_tree(temporary_);
}

std::optional<CachedBuild> BuildCache::find(const std::string& key) {
    if (root_.empty()) return std::nullopt;
    const auto entry = builds() / key;
    const auto text = bytes_of_file(entry);
    auto record = text ? decode(*text) : std::nullopt;
    if (!record || record->folder.find('/') != std::string::npos) return std::nullopt;

    CachedBuild build;
    build.folder.path = builds() / record->folder;
    build.folder.hold = lock(build.folder.path, LOCK_SH);
    build.folder.is_cached = true;
    if (!build.folder.hold || !is_all_there(*record, build.folder.path)) return std::nullopt;
    for (const auto& dependency : record->dependencies) {
        if (!is_unchanged(dependency, record->recorded)) return std::nullopt;
    }
    ::utimensat(AT_FDCWD, entry.c_str(), nullptr, 0);  // used now: trim() goes by it
    build.record = std::move(*record);
    return build;
}

std::optional<BuildFolder> BuildCache::new_folder(const std::string& key) {
    if (!root_.empty() && make_folder(root_) && make_folder(builds())) {
        if (const auto path = make_unique_folder(builds(), key + "-")) {
            auto hold = lock(*path, LOCK_SH);
            if (hold) return BuildFolder{*path, std::move(hold), true};
        }
    }
    return new_temporary_folder();
}

std::optional<BuildFolder> BuildCache::new_temporary_folder() {
    if (temporary_.empty()) {
        std::error_code none;
        const auto parent = fs::temp_directory_path(none);
        temporary_ = none ? fs::path() : make_unique_folder(parent, "dragoman-").value_or("");
    }
    if (temporary_.empty()) return std::nullopt;
    const auto path = make_unique_folder(temporary_, "build-");
    if (!path) return std::nullopt;
    return BuildFolder{*path, Descriptor(), false};
}

bool BuildCache::publish(const std::string& key, const BuildFolder& folder, BuildRecord record) {
    record.folder = folder.path.filename().string();
    record.bytes = bytes_in(folder.path);
    return folder.is_cached && write_whole(builds() / key, encode(record));
}

void BuildCache::discard(BuildFolder folder) { remove_tree(folder.path); }

std::optional<std::string> BuildCache::version(const std::string& stamp) const {
    return root_.empty() ? std::nullopt : bytes_of_file(root_ / "versions" / stamp);
}

void BuildCache::keep_version(const std::string& stamp, const std::string& version) {
    if (!root_.empty() && make_folder(root_) && make_folder(root_ / "versions")) {
        write_whole(root_ / "versions" / stamp, version);
    }
}

void BuildCache::trim(std::uint64_t most_bytes, std::chrono::hours longest_unused) {
    if (root_.empty()) return;
    std::vector<Entry> entries;
    std::set<fs::path> folders, temporary_files, named;
    std::error_code none;
    fs::directory_iterator found(builds(), none);
    for (; !none && found != fs::directory_iterator(); found.increment(none)) {
        const auto& path = found->path();
        std::error_code gone;
        if (found->is_directory(gone)) {
            folders.insert(path);
        } else if (path.filename().string().find(".tmp-") != std::string::npos) {
            temporary_files.insert(path);
        } else {
            const auto record = decode(bytes_of_file(path).value_or(""));
            const auto used = fs::last_write_time(path, gone);
            const auto folder = record ? builds() / fs::path(record->folder).filename() : fs::path();
            entries.push_back({path, folder, record ? record->bytes : 0, used});
            named.insert(folder);
        }
    }

    const auto now = fs::file_time_type::clock::now();
    const auto is_old = [&](const fs::path& path) {
        std::error_code gone;
        const auto written = fs::last_write_time(path, gone);
        return !gone && now - written > std::chrono::hours(1);
    };
    for (const auto& folder : folders) {
        if (named.contains(folder) || !is_old(folder)) continue;
        if (const auto hold = lock(folder, LOCK_EX)) remove_tree(folder);
    }
    for (const auto& file : temporary_files) {
        if (is_old(file)) ::unlink(file.c_str());
    }

    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.used < b.used; });
    std::uint64_t bytes = 0;
    for (const auto& entry : entries) bytes += entry.bytes;
    for (const auto& entry : entries) {
        if (bytes <= most_bytes && now - entry.used <= longest_unused) break;
        std::error_code gone;
        const bool has_folder = !entry.folder.empty() && fs::exists(entry.folder, gone);
        const auto hold = has_folder ? lock(entry.folder, LOCK_EX) : Descriptor();
        if (has_folder && !hold) continue;
        ::unlink(entry.file.c_str());
        if (has_folder) remove_tree(entry.folder);
        bytes -= entry.bytes;
    }
}

}  // namespace dragoman
