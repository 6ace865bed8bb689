#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "broker/build/built.hpp"
#include "broker/reload/history/snapshot.hpp"
#include "broker/reload/history/version.hpp"
#include "broker/reload/history/version_store.hpp"

namespace dragoman {

/// What is to be kept of a version that has been started.
struct Keep {
    /// From next_number() upwards; a lower one becomes that.
    int number = 0;
    Runnable runnable;
    /// What it uses beside its script and what was compiled into it: full paths, as its client named them.
    std::vector<std::filesystem::path> uses{};
    Reach reach{};
    /// When its build began: files that were written to after that may not be what was started. 0: not known.
    FileTime since = 0;
    /// Whether a file still is what was started; asked when it has been copied. None: not known.
    std::function<bool(const std::filesystem::path&)> is_untouched{};
    VersionStatus status = VersionStatus::starting;
};

/// The last versions of one seat, so that each can be run again though its files have changed since.
///
/// A compiled version is its build folder, and the bytes of the data files that it uses. Of one whose source is named
/// in its command, the bytes of its script and of its modules are kept too.
class History {
public:
    /// `store` must live as long.
    explicit History(VersionStore& store, std::string seat, std::size_t depth = 5, Snapshot::Sizes sizes = {})
        : store_(store), seat_(std::move(seat)), depth_(depth), sizes_(sizes) {}

    /// Takes some 0.1 ms, and more where much has changed since the version before: small files stay in memory. What
    /// could not be kept is said in the Version. The oldest ones are dropped then, but not those that run, nor
    /// previous().
    const Version& keep(const Keep& keep);
    /// It has named more files that it uses.
    void keep_more(int number, const std::vector<std::filesystem::path>& uses);
    /// `playing` makes whoever had the seat `replaced`, unless it was parked or has failed.
    void set_status(int number, VersionStatus status, const std::string& failure = {});
    void add_ticks(int number, std::uint64_t count);

    /// nullptr: there is none, or not any more. Valid until the next keep().
    const Version* find(int number) const;
    const Version* playing() const;
    /// Where a rollback leads to that names no version: the last one below the one that plays that has played without
    /// failing and can be run.
    const Version* previous() const;
    int next_number() const { return last_ + 1; }
    /// The oldest first.
    std::vector<Version> list() const;

    /// What runs exactly that version; it may be dropped meanwhile. Or why there is none. It names the user's own file
    /// as its script; paths in what it says go through Runnable::user_paths().
    std::variant<Runnable, std::string> artefact(int number);

private:
    struct Entry {
        Version version;
        Runnable runnable;
        std::shared_ptr<Snapshot> snapshot;  // nullptr where there is no folder for it
    };

    Entry* entry(int number);
    void make_snapshot(Entry& entry, const Keep& keep);
    void add_file(Entry& entry, const std::filesystem::path& file, FileTime since, const Snapshot* before);
    void drop_old_ones();

    VersionStore& store_;
    std::string seat_;
    std::size_t depth_;
    Snapshot::Sizes sizes_;
    std::filesystem::path folder_;  // made when first needed
    int last_ = 0;
    std::vector<Entry> entries_;  // by number
};

/// Whether its command names its source, so that it runs what the file says when it is started.
bool runs_its_source(const Runnable& runnable);

}  // namespace dragoman
