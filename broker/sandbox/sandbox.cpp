#include "broker/sandbox/sandbox.hpp"

#include <algorithm>
#include <chrono>

#include "broker/sandbox/mounts.hpp"

namespace dragoman {
namespace {

namespace fs = std::filesystem;

/// Against page tables, which RLIMIT_DATA does not count: 16 GiB of touched address space cost 32 MiB of them.
constexpr std::uint64_t address_space = std::uint64_t{16} << 30;
constexpr std::uint32_t stack_kb = 8192;

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

}  // namespace

Sandbox::Sandbox(boost::asio::io_context& io, SandboxMode mode, TierNeeds needs, WarmStarts::Warn warn)
    : io_(io),
      mode_(mode),
      needs_(std::move(needs)),
      trial_(strongest_tier(mode, io, needs_)),
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

std::shared_ptr<const std::vector<sock_filter>> Sandbox::filter(bool processes, bool writes) {
    auto& kept = filters_[{processes, writes}];
    if (kept == nullptr) {
        FilterOptions options;
        options.processes = processes;
        options.writes = writes;
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
            show_link_targets(kept->second, folder);
        }
    }
    order.mounts.insert(order.mounts.end(), kept->second.begin(), kept->second.end());
}

Launcher& Sandbox::hold(LaunchOrder& order, const Confinement& confinement) {
    order.limits = request_limits(confinement.limits);
    order.limits.scratch = 0;
    order.limits.files = std::max(order.limits.files, 1000U);  // nothing of its own is worth less than the usual
    return plain();
}

Launcher& Sandbox::hold(LaunchOrder& order, const Runnable& runnable, const Confinement& confinement,
                        const std::map<fs::path, fs::path>& scripts) {
    if (mode_ == SandboxMode::off || confinement.trust == Trust::trusted) return hold(order, confinement);
    const Limits& limits = confinement.limits;
    order.limits = request_limits(limits);
    order.limits.address_space = address_space;
    order.limits.stack_kb = stack_kb;
    order.runs_programs = limits.processes > 1;
    order.filter = filter(limits.processes > 1, limits.scratch > 0);
    order.told = true;

    show(order.mounts, runnable.cwd);
    if (std::error_code error; fs::is_symlink(runnable.script, error)) show(order.mounts, runnable.script);
    if (!runnable.build.empty()) show(order.mounts, runnable.build);
    add_language(order, *runnable.language);
    for (const fs::path& path : runnable.reads) show(order.mounts, path, launch::mount_kind::read_if_there);
    for (const fs::path& path : confinement.reads) show(order.mounts, path);
    show_program(order.mounts, order.arguments.front());
    std::error_code error;
    const fs::path own = fs::canonical(runnable.script, error);
    for (const auto& [called, real] : scripts) {
        if (real == own) continue;
        order.mounts.push_back({launch::mount_kind::mask, called, real});
        if (real != called) order.mounts.push_back({launch::mount_kind::mask, real, real});
    }
    show_self(order.mounts, order.arguments.front());
    put_in_order(order.mounts);
    if (Launcher* const warm = warm_.find(*runnable.language, confinement.trust)) return *warm;
    started_cold_.emplace(runnable.language, confinement.trust);
    return *trial_.launcher;
}

Launcher& Sandbox::hold_compiler(LaunchOrder& order, const fs::path& folder, const fs::path& self,
                                 const std::vector<fs::path>& reads, const Limits& limits) {
    if (mode_ == SandboxMode::off) return plain();
    order.limits = request_limits(limits);
    order.limits.address_space = 4 * address_space;
    order.limits.file_size = limits.artefact;
    order.runs_programs = true;
    order.filter = filter(true, true);
    order.told = true;
    if (folder.has_relative_path()) show(order.mounts, folder, launch::mount_kind::write);  // not for "/"
    for (const fs::path& path : reads) {
        show(order.mounts, path, launch::mount_kind::read_if_there);
        if (std::error_code error; fs::is_directory(path, error)) show_link_targets(order.mounts, path);
    }
    show_program(order.mounts, order.arguments.front());
    show_self(order.mounts, self.empty() ? fs::path(order.arguments.front()) : self);
    put_in_order(order.mounts);
    return *trial_.launcher;
}

void Sandbox::begin_warm_starts() {
    for (const auto& kind : std::exchange(started_cold_, {}))
        if (!started_before_.insert(kind).second) warm_.begin(trial_.tier, *kind.first, kind.second);
}

bool Sandbox::warm_up(const Language& language, Trust trust, std::chrono::milliseconds patience) {
    if (mode_ == SandboxMode::off || trust == Trust::trusted) return false;
    started_before_.emplace(&language, trust);
    return warm_.wait(trial_.tier, language, trust, patience);
}

bool Sandbox::shows(const LaunchOrder& order, const fs::path& path) {
    for (const char* place : {"/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/etc/ld.so.cache",
                              "/etc/alternatives", "/etc/localtime", "/dev", "/tmp"})
        if (is_under(path, place)) return true;
    return std::any_of(order.mounts.begin(), order.mounts.end(), [&](const Mount& mount) {
        return mount.kind != launch::mount_kind::mask && is_under(path, mount.target);
    });
}

}  // namespace dragoman
