#include "broker/reload/watch/watcher.hpp"

#include <sys/inotify.h>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <exception>
#include <utility>

#include "broker/reload/watch/limits.hpp"
#include "broker/reload/watch/places.hpp"

namespace dragoman {

namespace fs = std::filesystem;
using watch::Saves;

namespace {

/// Some 20 us each.
constexpr std::size_t folders_at_a_time = 50;

/// Empty where there is none: of an empty path, or of a relative one when the current folder is gone.
std::string whole_path(const fs::path& path) {
    std::error_code error;
    fs::path whole = fs::absolute(path, error).lexically_normal();
    if (error || !whole.is_absolute()) return {};
    if (whole.filename().empty() && whole.has_relative_path()) whole = whole.parent_path();
    return whole.string();
}

}  // namespace

struct Watcher::State : std::enable_shared_from_this<Watcher::State> {
    State(boost::asio::io_context& given_io, Events given_events, WatchTimes times, const watch::InotifyCalls& calls)
        : io(given_io), events(std::move(given_events)), inotify(io, calls), saves(times), timer(io) {}

    void listen() {
        if (inotify.error()) warn(watch::cannot_start(inotify.error()));
        inotify.listen([this, self = weak_from_this()](std::span<const watch::InotifyEvent> batch) {
            const auto alive = self.lock();
            if (alive) on_batch(batch);
        });
    }

    void on_batch(std::span<const watch::InotifyEvent> batch) {
        const auto now = std::chrono::steady_clock::now();
        guarded([&] {
            for (const auto& event : batch) places.on_event(event, now);
        });
        look_into_more();
    }

    /// In between others have their turn.
    void look_into_more() {
        bool is_more = false;
        guarded([&] { is_more = places.look_into_more(folders_at_a_time); });
        tell();
        if (!is_more || is_stopped || std::exchange(looks_into_more, true)) return;
        boost::asio::post(io, [self = weak_from_this()] {
            const auto alive = self.lock();
            if (!alive) return;
            alive->looks_into_more = false;
            if (!alive->is_stopped) alive->look_into_more();
        });
    }

    /// What is saved and removed by now; and when there may be more.
    void tell() {
        for (const auto& told : saves.take()) {
            if (told.is_removed) places.on_removed(told.file);
            const auto& callback = told.is_removed ? events.removed : events.saved;
            if (callback && !is_stopped) guarded([&] { callback(told.file); });
        }
        report();
        wait();
    }

    /// One timer. That a time has moved further away is noticed when it goes off.
    void wait() {
        const auto next = saves.next();
        if (!next || is_stopped || (waits_until && *waits_until <= *next)) return;
        waits_until = next;
        timer.expires_at(*next);
        timer.async_wait([self = weak_from_this()](const boost::system::error_code& error) {
            const auto alive = self.lock();
            if (error || !alive) return;
            alive->waits_until.reset();
            alive->guarded([&] { alive->saves.advance(std::chrono::steady_clock::now()); });
            alive->tell();
        });
    }

    void report() {
        for (const auto& [error, names] : folders.take_problems()) warn(watch::cannot_watch(error, names));
        if (const auto names = places.take_passed_over(); !names.empty()) warn(watch::too_many(names));
    }

    void warn(const std::string& text) {
        boost::asio::post(io, [self = weak_from_this(), text] {
            const auto alive = self.lock();
            if (alive && alive->events.warn && !alive->is_stopped) alive->guarded([&] { alive->events.warn(text); });
        });
    }

    /// The event loop is not the place for anybody's exceptions.
    template <class Action>
    void guarded(const Action& action) {
        try {
            action();
        } catch (const std::exception& error) {
            failed(error.what());
        }
    }
    void failed(const char* what) {
        try {
            if (events.warn && !is_stopped) events.warn(std::string("a saved file was not dealt with: ") + what);
        } catch (const std::exception&) {  // it was the warning that failed
        }
    }

    boost::asio::io_context& io;
    Events events;
    watch::Inotify inotify;
    watch::FolderWatches folders{inotify};
    Saves saves;
    watch::Places places{folders, saves};
    boost::asio::steady_timer timer;
    std::optional<Saves::Time> waits_until;
    bool looks_into_more = false;
    bool is_stopped = false;
};

Watcher::Watcher(boost::asio::io_context& io, Events events, WatchTimes times, const watch::InotifyCalls& calls)
    : state_(std::make_shared<State>(io, std::move(events), times, calls)) {
    state_->listen();
}

Watcher::~Watcher() { stop(); }

void Watcher::add_folder(const fs::path& folder, std::vector<std::string> patterns, bool recursive) {
    if (state_->is_stopped) return;
    const std::string path = whole_path(folder);
    if (path.empty()) return state_->warn(watch::no_such_path(folder));
    state_->places.add_folder(path, {std::move(patterns), recursive});
    state_->report();
}

void Watcher::remove_folder(const fs::path& folder) { state_->places.remove_folder(whole_path(folder)); }

void Watcher::add_file(const fs::path& file) {
    if (state_->is_stopped) return;
    const std::string path = whole_path(file);
    if (path.empty()) return state_->warn(watch::no_such_path(file));
    state_->places.add_file(path);
    state_->report();
}

void Watcher::remove_file(const fs::path& file) { state_->places.remove_file(whole_path(file)); }

void Watcher::stop() {
    state_->is_stopped = true;
    state_->inotify.close();
    state_->timer.cancel();
}

}  // namespace dragoman
