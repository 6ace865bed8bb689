#include "broker/sandbox/sandbox.hpp"

#include <algorithm>
#include <chrono>

#include "broker/sandbox/hide.hpp"
#include "broker/sandbox/mounts.hpp"
#include "ecs/layout/plane.h"

namespace dragoman {
namespace {

namespace fs = std::filesystem;

/// Against page tables, which RLIMIT_DATA does not count: 16 GiB of touched address space cost 32 MiB of them.
constexpr std::uint64_t address_space = std::uint64_t{16} << 30;
constexpr std::uint32_t stack_kb = 8192;
/// The data plane's, one for each component at most; and what open_files may be in all (see request.hpp).
constexpr std::uint32_t plane_files = DRAGOMAN_MOST_COMPONENTS + 32;
constexpr std::uint32_t most_files = 1000;

launch::RequestLimits request_limits(const Limits& limits) {
    launch::RequestLimits all;
    all.memory = limits.memory.value_or(0);
    all.scratch = limits.scratch;
    if (limits.cpu_total) {
        // The kernel counts whole seconds, and comes second: the broker has looked before.
        const auto seconds = std::chrono::ceil<std::chrono::seconds>(*limits.cpu_total);
        all.cpu_seconds = static_cast<std::uint32_t>(seconds.count()) + 1;
    }
    all.files = limits.open_files;
    all.tasks = limits.processes > 1 ? limits.processes + limits.threads : limits.threads;
    return all;
}

/// In a root of its own /dev holds the harmless devices and nothing else: what is saved in /dev/shm cannot be shown
/// there.
void expect_place(const fs::path& script, Tier tier) {
    if (script.empty() || (tier != Tier::bubblewrap && tier != Tier::cage)) return;
    std::error_code error;
    for (const fs::path& path : {fs::canonical(script.parent_path(), error), fs::canonical(script, error)})
        if (is_under(path, "/dev"))
            throw LaunchError(
                "it lies in " + path.parent_path().string() +
                ": scripts in the sandbox have a /dev of their own, so a game may lie anywhere else, such as "
                "in your home folder or in /tmp");
}

}  // namespace

Sandbox::Sandbox(boost::asio::io_context& io, SandboxMode mode, TierNeeds needs, WarmStarts::Warn warn)
    : io_(io),
      mode_(mode),
      needs_(std::move(needs)),
      trial_(strongest_tier(mode, io, needs_)),
      warn_(warn),
      warm_(io, needs_, std::move(warn)) {}

Launcher& Sandbox::plain() {
    if (trial_.tier == Tier::none) return *trial_.launcher;
    if (plain_ == nullptr) {
        TierTrial trial = try_tier(Tier::none, io_, needs_);
        if (trial.launcher == nullptr) throw LaunchError(trial.why_not);
        plain_ = std::move(trial.launcher);
    }
    return *plain_;
}

std::shared_ptr<const std::vector<sock_filter>> Sandbox::filter(bool processes, bool writes, bool shared_columns) {
    auto& kept = filters_[{processes, writes, shared_columns}];
    if (kept == nullptr) {
        FilterOptions options;
        options.processes = processes;
        options.writes = writes;
        options.shared_columns = shared_columns;
        options.pid_namespace = trial_.launcher->pid_namespaces();
        options.told_opens = tells_opens_ && !processes;  // a compiler looks in many places in vain
        kept = std::make_shared<const std::vector<sock_filter>>(make_filter(options));
    }
    return kept;
}

void Sandbox::add_language(LaunchOrder& order, const Language& language) {
    auto [kept, is_new] = languages_.try_emplace(&language);
    if (is_new) {
        for (const fs::path& folder : {language.client, language.folder}) {
            if (folder.empty()) continue;
            show(kept->second, folder, launch::mount_kind::read_if_there);
            if (!is_distrusted(folder)) show_link_targets(kept->second, folder);
        }
    }
    order.mounts.insert(order.mounts.end(), kept->second.begin(), kept->second.end());
}

void Sandbox::distrust(const std::vector<fs::path>& places) {
    std::error_code error;
    for (const fs::path& place : places) {
        const fs::path real = fs::canonical(place, error);
        if (!error) distrusted_.push_back(real);
    }
}

bool Sandbox::is_distrusted(const fs::path& folder) const {
    std::error_code error;
    const fs::path real = fs::canonical(folder, error);
    return std::any_of(distrusted_.begin(), distrusted_.end(),
                       [&](const fs::path& place) { return is_under(real, place) || is_under(folder, place); });
}

void Sandbox::add_script(const fs::path& script, const Confinement& confinement) {
    const ScriptFile file(script);
    if (scripts_->has(file, confinement.limits.artefact)) return;
    if (scripts_.use_count() > 1) scripts_ = std::make_shared<KnownScripts>(*scripts_);  // somebody looks at it
    scripts_->add(file, confinement.limits.artefact);
}

void Sandbox::hide_others(LaunchOrder& order, const fs::path& script) {
    for (const fs::path& folder : dragoman::hide_others(order.mounts, *scripts_, ScriptFile(script)))
        if (too_large_.insert(folder).second && warn_)
            warn_(folder.string() +
                  " holds so many files that scripts are shown all of it: one that runs can read another that is saved "
                  "meanwhile. Data in a folder of its own counts as one file");
}

Launcher& Sandbox::hold(LaunchOrder& order, const Confinement& confinement) {
    has_started_ = true;
    order.limits = request_limits(confinement.limits);
    order.limits.scratch = 0;
    order.limits.files = std::max(order.limits.files, most_files);  // nothing of its own is worth less than the usual
    return plain();
}

Launcher& Sandbox::hold(LaunchOrder& order, const Runnable& runnable, const Confinement& confinement) {
    if (mode_ == SandboxMode::off || confinement.trust == Trust::trusted) return hold(order, confinement);
    std::error_code error;
    has_started_ = true;
    if (fs::canonical(runnable.cwd, error) == "/")
        throw LaunchError("it lies in the root folder, which a script may not see: give it a folder of its own");
    const Limits& limits = confinement.limits;
    order.limits = request_limits(limits);
    order.limits.address_space = address_space;
    order.limits.stack_kb = stack_kb;
    order.runs_programs = limits.processes > 1;
    order.filter = filter(limits.processes > 1, limits.scratch > 0, !order.plane.empty());
    if (!order.plane.empty()) {
        order.limits.files = std::min(order.limits.files + plane_files, most_files);
        // Or else it could make the columns' files longer, by writing far behind their ends, and fill the machine's
        // memory.
        order.limits.file_size = std::max<std::uint64_t>(limits.scratch, 1);
    }
    order.told = true;

    expect_open_link(runnable.script);
    expect_place(runnable.script, trial_.tier);
    show(order.mounts, runnable.cwd, launch::mount_kind::folder);
    if (fs::is_symlink(runnable.script, error)) show(order.mounts, runnable.script);
    if (!runnable.build.empty()) show(order.mounts, runnable.build);
    for (const fs::path& path : runnable.shown)
        show(order.mounts, path, fs::is_directory(path, error) ? launch::mount_kind::folder : launch::mount_kind::read);
    add_language(order, *runnable.language);
    if (!is_distrusted(runnable.language->folder))
        for (const fs::path& path : runnable.reads) show(order.mounts, path, launch::mount_kind::read_if_there);
    for (const fs::path& path : confinement.reads) show(order.mounts, path);
    show_program(order.mounts, order.arguments.front());
    hide_others(order, runnable.script);
    show_self(order.mounts, order.arguments.front());
    put_in_order(order.mounts);
    if (is_distrusted(runnable.language->folder)) return *trial_.launcher;  // warm ones begin outside the walls
    if (Launcher* const warm = warm_.find(*runnable.language, confinement.trust)) return *warm;
    started_cold_.emplace(runnable.language, confinement.trust);
    return *trial_.launcher;
}

Launcher& Sandbox::hold_compiler(LaunchOrder& order, const Command& command, Limits limits) {
    if (mode_ == SandboxMode::off) return plain();
    limits.artefact = scripts_->artefact(command.script).value_or(limits.artefact);
    order.limits = request_limits(limits);
    order.limits.address_space = 4 * address_space;
    order.limits.file_size = limits.artefact;
    order.runs_programs = true;
    order.filter = filter(true, true, false);
    order.told = true;
    if (command.cwd.has_relative_path()) show(order.mounts, command.cwd, launch::mount_kind::write);  // not for "/"
    std::error_code error;
    for (const fs::path& path : command.reads) {
        if (fs::canonical(path, error) == "/") continue;
        const bool is_own = !command.script.empty() && path == command.script.parent_path();
        show(order.mounts, path, is_own ? launch::mount_kind::folder : launch::mount_kind::read_if_there);
    }
    if (command.language != nullptr) {
        add_language(order, *command.language);
        if (!is_distrusted(command.language->folder))
            for (const fs::path& path : command.asked) show(order.mounts, path, launch::mount_kind::read_if_there);
    }
    show_program(order.mounts, order.arguments.front());
    if (!command.script.empty()) {
        expect_open_link(command.script);
        expect_place(command.script, trial_.tier);
        hide_others(order, command.script);
    }
    show_self(order.mounts, command.self.empty() ? fs::path(order.arguments.front()) : command.self);
    put_in_order(order.mounts);
    return *trial_.launcher;
}

void Sandbox::begin_warm_starts() {
    for (const auto& kind : std::exchange(started_cold_, {}))
        if (!started_before_.insert(kind).second) warm_.begin(trial_.tier, *kind.first, kind.second);
}

void Sandbox::begin_warm_start(const Language& language, Trust trust) {
    if (mode_ == SandboxMode::off || trust == Trust::trusted || is_distrusted(language.folder)) return;
    if (started_before_.emplace(&language, trust).second) warm_.begin(trial_.tier, language, trust);
}

bool Sandbox::warm_up(const Language& language, Trust trust, std::chrono::milliseconds patience) {
    if (mode_ == SandboxMode::off || trust == Trust::trusted || is_distrusted(language.folder)) return false;
    started_before_.emplace(&language, trust);
    return warm_.wait(trial_.tier, language, trust, patience);
}

bool Sandbox::shows(const LaunchOrder& order, const fs::path& path) {
    if (is_system(path) || is_under(path, "/dev") || is_under(path, "/tmp")) return true;
    // What lies in a place that is shown, and the folders on the way there.
    const auto shows = [&](const Mount& mount) {
        if (mount.kind == launch::mount_kind::mask) return false;
        if (is_under(mount.target, path)) return true;
        if (!is_under(path, mount.target)) return false;
        if (mount.kind != launch::mount_kind::folder) return true;
        const std::string entry = path.lexically_relative(mount.target).begin()->string();
        return std::binary_search(mount.entries.begin(), mount.entries.end(), entry);
    };
    return std::any_of(order.mounts.begin(), order.mounts.end(), shows);
}

}  // namespace dragoman
