#include "broker/reload/history/history.hpp"

#include <algorithm>

#include "compilers/content_hash.hpp"

namespace dragoman {

namespace fs = std::filesystem;

namespace {

std::chrono::system_clock::time_point saved(const fs::path& file) {
    std::error_code error;
    const auto time = fs::last_write_time(file, error);
    if (error) return std::chrono::system_clock::now();
    return std::chrono::time_point_cast<std::chrono::system_clock::duration>(std::chrono::file_clock::to_sys(time));
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
        text.replace(at, what.size(), by);
    return text;
}

/// The runnable, with its script and its folder where they lie in the mirror.
Runnable in_mirror(Runnable runnable, const fs::path& mirror) {
    const std::string script = runnable.script.string();
    const std::string folder = runnable.cwd.string();
    const auto moved = [&](std::string text) {
        const std::string there = mirror.string();
        return text == folder ? there + folder : replaced(std::move(text), script, there + script);
    };
    for (std::string& word : runnable.argv) word = moved(word);
    for (auto& [name, value] : runnable.environment) value = moved(value);
    runnable.cwd = fs::path(mirror.string() + folder);
    runnable.mirror = mirror;
    return runnable;
}

bool runs(VersionStatus status) {
    return status == VersionStatus::starting || status == VersionStatus::playing || status == VersionStatus::parked;
}

}  // namespace

bool runs_its_source(const Runnable& runnable) {
    const std::string& script = runnable.script.native();
    return std::any_of(runnable.argv.begin(), runnable.argv.end(),
                       [&](const std::string& word) { return word.find(script) != std::string::npos; });
}

const Version& History::keep(const Keep& keep) {
    Entry entry;
    Version& version = entry.version;
    const int number = version.number = std::max(keep.number, next_number());
    version.source = keep.runnable.script;
    version.language = keep.runnable.language != nullptr ? keep.runnable.language->name : std::string();
    version.saved = saved(version.source);
    version.status = keep.status;
    entry.runnable = keep.runnable;
    if (!runs_its_source(keep.runnable)) {
        version.files.push_back({version.source, false, "is part of what was built"});
        for (const fs::path& file : keep.runnable.dependencies)
            version.files.push_back({file, false, "is part of what was built"});
    }
    make_snapshot(entry, keep);
    auto hash = entry.snapshot != nullptr ? entry.snapshot->content_hash(version.source) : std::nullopt;
    if (!hash) hash = hash_of_file(version.source);
    version.content_hash = std::move(hash).value_or("");

    last_ = number;
    entries_.push_back(std::move(entry));
    if (keep.status == VersionStatus::playing) set_status(number, keep.status);
    drop_old_ones();
    return *find(number);
}

void History::make_snapshot(Entry& entry, const Keep& keep) {
    Version& version = entry.version;
    const bool is_built = !version.files.empty();
    if (folder_.empty()) {
        auto folder = store_.folder_for(seat_);
        if (auto* const why = std::get_if<std::string>(&folder)) {
            if (!is_built || !keep.uses.empty()) version.no_artefact = std::move(*why);
            return;
        }
        folder_ = std::move(std::get<fs::path>(folder));
    }
    const fs::path place = folder_ / ("version-" + std::to_string(version.number));
    entry.snapshot = std::make_shared<Snapshot>(place, keep.reach, sizes_);
    const Snapshot* const before = entries_.empty() ? nullptr : entries_.back().snapshot.get();
    if (!is_built) {
        add_file(entry, version.source, keep.since, before);
        if (!version.files.front().is_copied && version.no_artefact.empty())
            version.no_artefact = version.source.string() + " " + version.files.front().why_not;
        for (const fs::path& file : keep.runnable.dependencies) add_file(entry, file, keep.since, before);
    }
    for (const fs::path& file : keep.uses) add_file(entry, file, keep.since, before);
    entry.snapshot->note_folders(before);
    if (keep.is_untouched == nullptr || !version.no_artefact.empty()) return;
    for (const KeptFile& file : version.files)
        if (file.is_copied && !keep.is_untouched(file.path))
            version.no_artefact = file.path.string() + " was written to while it was being copied";
}

void History::add_file(Entry& entry, const fs::path& file, FileTime since, const Snapshot* before) {
    Version& version = entry.version;
    const fs::path name = file.lexically_normal();
    const auto has_name = [&](const KeptFile& each) { return each.path == name; };
    if (!name.is_absolute() || std::any_of(version.files.begin(), version.files.end(), has_name)) return;
    auto [kept, problem] = entry.snapshot->add(name, since, before);
    if (!problem.empty() && version.no_artefact.empty()) version.no_artefact = std::move(problem);
    version.files.push_back(std::move(kept));
}

void History::keep_more(int number, const std::vector<fs::path>& uses) {
    Entry* const found = entry(number);
    if (found == nullptr || found->snapshot == nullptr) return;
    for (const fs::path& file : uses) add_file(*found, file, 0, nullptr);
    found->snapshot->note_folders(nullptr);
}

void History::set_status(int number, VersionStatus status, const std::string& failure) {
    for (auto& [version, runnable, snapshot] : entries_) {
        if (version.number == number) {
            version.status = status;
            version.failure = failure;
        } else if (status == VersionStatus::playing && version.status == VersionStatus::playing) {
            version.status = VersionStatus::replaced;
        }
    }
}

void History::add_ticks(int number, std::uint64_t count) {
    if (Entry* const found = entry(number)) found->version.ticks += count;
}

History::Entry* History::entry(int number) {
    const auto found = std::find_if(entries_.begin(), entries_.end(),
                                    [&](const Entry& each) { return each.version.number == number; });
    return found == entries_.end() ? nullptr : &*found;
}

const Version* History::find(int number) const {
    const auto found = std::find_if(entries_.begin(), entries_.end(),
                                    [&](const Entry& each) { return each.version.number == number; });
    return found == entries_.end() ? nullptr : &found->version;
}

const Version* History::playing() const {
    const auto found = std::find_if(entries_.begin(), entries_.end(),
                                    [](const Entry& each) { return each.version.status == VersionStatus::playing; });
    return found == entries_.end() ? nullptr : &found->version;
}

const Version* History::previous() const {
    const Version* const now = playing();
    const auto found = std::find_if(entries_.rbegin(), entries_.rend(), [&](const Entry& each) {
        const Version& version = each.version;
        const bool is_good = version.status == VersionStatus::replaced || version.status == VersionStatus::parked;
        return is_good && version.no_artefact.empty() && (now == nullptr || version.number < now->number);
    });
    return found == entries_.rend() ? nullptr : &found->version;
}

std::vector<Version> History::list() const {
    std::vector<Version> versions;
    for (const Entry& each : entries_) versions.push_back(each.version);
    return versions;
}

void History::drop_old_ones() {
    while (entries_.size() > depth_) {
        const Version* const kept = previous();
        const auto oldest = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& each) {
            return !runs(each.version.status) && &each.version != kept && each.version.number != last_;
        });
        if (oldest == entries_.end()) return;
        entries_.erase(oldest);
    }
}

std::variant<Runnable, std::string> History::artefact(int number) {
    Entry* const found = entry(number);
    if (found == nullptr) return "there is no version " + std::to_string(number) + " of " + seat_;
    if (!found->version.no_artefact.empty())
        return "version " + std::to_string(number) + " of " + seat_ + " was not kept: " + found->version.no_artefact;
    if (found->snapshot == nullptr || found->snapshot->is_empty()) return found->runnable;
    auto mirror = found->snapshot->mirror(found->runnable.cwd);
    if (auto* const why = std::get_if<std::string>(&mirror)) return std::move(*why);
    const auto& folder = std::get<fs::path>(mirror);
    Runnable runnable = in_mirror(found->runnable, folder);
    // The mirror has nothing but what it reaches; its links lead to the live files.
    runnable.shown = found->snapshot->reach().places;
    runnable.shown.push_back(folder);
    runnable.hold = std::make_shared<std::pair<std::shared_ptr<const void>, std::shared_ptr<Snapshot>>>(
        found->runnable.hold, found->snapshot);
    return runnable;
}

}  // namespace dragoman
