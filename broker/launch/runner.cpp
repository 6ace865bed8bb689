#include "broker/launch/runner.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdlib>

#include "broker/launch/process.hpp"

extern char** environ;

namespace dragoman {
namespace {

/// While nobody plays, somebody waits for the compiler.
constexpr int low_priority = 10;
/// Beside scripts that take all cores, 99 of 100 ticks are then as long as without it (with 10, a quarter longer), and
/// it still gets a tenth of a core.
constexpr int lowest_priority = 19;
constexpr int most_refusals_told = 8;
/// What a compiler may write in all, in units of its largest file.
constexpr std::uint64_t files_in_all = 4;
constexpr auto look_every = std::chrono::milliseconds(250);

/// Of all files in it, in bytes; 0 for the root folder, in which nobody writes.
std::uint64_t size_of(const std::filesystem::path& folder) {
    std::uint64_t size = 0;
    std::error_code error;
    if (!folder.has_relative_path()) return 0;
    using Walk = std::filesystem::recursive_directory_iterator;
    for (Walk entry(folder, error); !error && entry != Walk(); entry.increment(error)) {
        std::error_code gone;
        if (!entry->is_regular_file(gone)) continue;
        const auto bytes = entry->file_size(gone);
        if (!gone) size += bytes;
    }
    return size;
}

/// Enough for the largest sources that anybody sends, and an end for those that were written to have none.
Limits compiler_limits() {
    Limits limits;
    limits.memory = std::uint64_t{3} << 30;
    limits.processes = 64;
    limits.threads = 256;
    limits.open_files = 1000;
    return limits;
}

}  // namespace

std::vector<std::string> small_environment(const std::map<std::string, std::string>& more) {
    std::map<std::string, std::string> variables{
        {"PATH", "/usr/local/bin:/usr/bin:/bin"}, {"LANG", "C.UTF-8"}, {"HOME", "/tmp"}};
    if (const char* zone = std::getenv("TZ")) variables["TZ"] = zone;
    for (const auto& [name, value] : more) variables[name] = value;
    std::vector<std::string> environment;
    for (const auto& [name, value] : variables) environment.push_back(name + "=" + value);
    return environment;
}

std::vector<std::string> own_environment(const std::map<std::string, std::string>& more) {
    std::vector<std::string> environment;
    for (char** variable = environ; *variable != nullptr; ++variable) {
        const std::string_view text = *variable;
        if (!more.contains(std::string(text.substr(0, text.find('='))))) environment.emplace_back(text);
    }
    for (const auto& [name, value] : more) environment.push_back(name + "=" + value);
    const auto is_path = [](const std::string& variable) { return variable.starts_with("PATH="); };
    if (std::none_of(environment.begin(), environment.end(), is_path))
        environment.emplace_back("PATH=/usr/local/bin:/usr/bin:/bin");
    return environment;
}

class LauncherRunner::Run final : ProcessListener {
public:
    Run(LauncherRunner& runner, Command command, std::function<void(CommandResult)> done)
        : runner_(runner), command_(std::move(command)), done_(std::move(done)), timer_(runner.sandbox_.io()) {}
    ~Run() override {
        if (process_ == nullptr) return;
        process_->forget_listener();
        process_->kill();
    }

    void start() {
        started_ = std::chrono::steady_clock::now();
        LaunchOrder order;
        order.arguments = command_.argv;
        order.directory = command_.cwd;
        order.environment = small_environment(command_.environment);
        order.nice = runner_.sandbox_.has_started() ? lowest_priority : low_priority;
        Launcher& launcher = runner_.sandbox_.hold_compiler(order, command_, compiler_limits());
        const std::uint64_t largest_file = order.limits.file_size != 0 ? order.limits.file_size : Limits{}.artefact;
        process_ = Process::start(launcher, std::move(order), Channel::Stdio, *this);
        process_->write(command_.input);
        process_->close_input();
        most_written_ = files_in_all * largest_file;
        look();
    }

private:
    /// Ends what takes too long, or writes too much: the kernel limits each file, nobody their number.
    void look() {
        const auto left = started_ + command_.timeout - std::chrono::steady_clock::now();
        timer_.expires_after(std::min<std::chrono::nanoseconds>(left, look_every));
        timer_.async_wait([this](const boost::system::error_code& error) {
            if (error) return;
            timed_out_ = std::chrono::steady_clock::now() >= started_ + command_.timeout;
            wrote_too_much_ = !timed_out_ && size_of(command_.cwd) > most_written_;
            if (timed_out_ || wrote_too_much_) return process_->kill();
            look();
        });
    }

    void on_bytes(Stream stream, std::string_view bytes) override {
        std::string& kept = stream == Stream::standard_error ? result_.errors : result_.output;
        kept.append(bytes.substr(0, command_.output_limit - std::min(command_.output_limit, kept.size())));
    }
    void on_end_of(Stream) override {}
    void on_input_closed() override {}
    void on_start_failed(const std::string& what) override {
        result_.errors = what;
        finish(CommandResult::NotStarted{ENOEXEC, what});
    }
    /// Read by whoever wonders why it failed.
    void on_refused(const RefusedCall& call) override {
        if (refused_++ < most_refusals_told) result_.errors += "the sandbox denied: " + describe(call) + "\n";
    }
    void on_end(const ProcessEnd& end) override {
        result_.cpu = std::chrono::duration_cast<std::chrono::milliseconds>(end.cpu);
        if (timed_out_) return finish(CommandResult::TimedOut{});
        if (wrote_too_much_) return finish(CommandResult::WroteTooMuch{most_written_});
        if (end.signal != 0) return finish(CommandResult::Signalled{end.signal});
        finish(CommandResult::Exited{end.exit_code});
    }

    void finish(CommandResult::Ending ending) {
        timer_.cancel();
        result_.ending = std::move(ending);
        result_.wall =
            std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - started_);
        process_->forget_listener();
        // Not from within the process's own call: `done` may let go of everything.
        boost::asio::post(runner_.sandbox_.io(), [runner = &runner_, self = this, alive = std::weak_ptr<bool>(alive_)] {
            if (alive.expired()) return;
            const auto done = std::move(self->done_);
            CommandResult result = std::move(self->result_);
            std::erase_if(runner->runs_, [self](const auto& run) { return run.get() == self; });
            done(std::move(result));
        });
    }

    LauncherRunner& runner_;
    Command command_;
    std::function<void(CommandResult)> done_;
    boost::asio::steady_timer timer_;
    std::shared_ptr<Process> process_;
    std::chrono::steady_clock::time_point started_{};
    CommandResult result_;
    bool timed_out_ = false;
    bool wrote_too_much_ = false;
    std::uint64_t most_written_ = 0;
    int refused_ = 0;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

LauncherRunner::LauncherRunner(Sandbox& sandbox) : sandbox_(sandbox) {}
LauncherRunner::~LauncherRunner() = default;

void LauncherRunner::run(Command command, std::function<void(CommandResult)> done) {
    auto run = std::make_unique<Run>(*this, std::move(command), done);
    try {
        run->start();
    } catch (const std::runtime_error& error) {
        CommandResult result;
        result.ending = CommandResult::NotStarted{EAGAIN, error.what()};
        result.errors = error.what();
        return done(std::move(result));
    }
    runs_.insert(std::move(run));
}

}  // namespace dragoman
