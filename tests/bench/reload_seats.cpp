#include "tests/bench/reload_seats.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace dragoman::bench {
namespace {

using namespace std::chrono_literals;

constexpr auto between_ticks = 1ms;
constexpr auto longest_reload = 60s;
/// For what the version before leaves behind, and so that the next save is not one of the same burst.
constexpr auto rest = 60ms;

}  // namespace

OwnFolder::OwnFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "dragoman-bench-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder can be made in " + name);
    path_ = name;
}

OwnFolder::~OwnFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::string text_of(const std::filesystem::path& file) {
    std::ifstream stream(file);
    if (!stream) throw std::runtime_error(file.string() + " cannot be read");
    return {std::istreambuf_iterator<char>(stream), {}};
}

std::string with(std::string text, const std::string& what, const std::string& by) {
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
        text.replace(at, what.size(), by);
    return text;
}

ReloadSeats::ReloadSeats(const Plan& plan, const std::vector<std::string>& sources, const std::string& extension,
                         std::string scene, const std::map<std::string, std::string>& beside)
    : extension_(extension), scene_(std::move(scene)), broker_(options(plan.sandbox)) {
    for (const auto& [name, text] : beside) save(folder_ / name, text);
    for (std::size_t i = 0; i < sources.size(); ++i) {
        save(file(i), sources[i]);
        scenes_.push_back({broker_.add({file(i), std::to_string(i + 1) + "P"}), scene_});
    }
    broker_.wait_until(Clock::now() + rest);  // or they were saved while they were started
    broker_.start();
    for (std::size_t i = 0; i < sources.size(); ++i) expect_ready(broker_, i);
    ReloadOptions options;
    options.backs_off = false;
    options.on_event = [this](const ReloadEvent& event) {
        if (event.step == ReloadStep::failed || event.step == ReloadStep::rolled_back ||
            event.step == ReloadStep::backed_off)
            failure_ = event.failure ? event.failure->message : event.text + " ";
    };
    reloader_.emplace(broker_, std::move(options));
    for (std::size_t i = 0; i < sources.size(); ++i) reloader_->watch(i);
    tick(0, sources.size());
}

std::filesystem::path ReloadSeats::file(std::size_t script) const {
    return folder_ / ("player" + std::to_string(script) + extension_);
}

double ReloadSeats::tick(std::size_t first, std::size_t count) {
    const auto began = Clock::now();
    reloader_->between_ticks();
    broker_.tick(std::span(scenes_).subspan(first, count));
    return microseconds(Clock::now() - began);
}

Clock::time_point ReloadSeats::save(const std::filesystem::path& file, const std::string& text) {
    const int descriptor = open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (descriptor < 0 || write(descriptor, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
        throw std::runtime_error(file.string() + " cannot be written");
    const auto saved = Clock::now();
    close(descriptor);
    return saved;
}

double ReloadSeats::reload(const std::filesystem::path& saved, const std::string& text, const std::string& command,
                           Clock::duration pause) {
    const auto began = save(saved, text);
    while (!answers(command)) {
        if (Clock::now() > began + longest_reload) throw std::runtime_error("the reload does not come to an end");
        check();
        reloader_->wait_until(Clock::now() + pause);
        tick();
    }
    const double took = microseconds(Clock::now() - began) / 1000;
    settle();
    return took;
}

void ReloadSeats::check() const {
    if (!failure_.empty()) throw std::runtime_error("not reloaded: " + failure_);
}

void ReloadSeats::settle() {
    const auto until = Clock::now() + longest_reload;
    reloader_->settle(0);
    while (reloader_->busy() && Clock::now() < until) {
        reloader_->wait_until(Clock::now() + between_ticks);
        tick();
    }
    reloader_->wait_until(Clock::now() + rest);
    check();
}

}  // namespace dragoman::bench
