#include "broker/reload/reloader.hpp"

#include <algorithm>
#include <stdexcept>

#include "broker/build/source.hpp"
#include "broker/reload/reload_state.hpp"

namespace dragoman {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t most_tried = 20;  // files of no language for which one failed version is tried again

}  // namespace

std::string_view name(ReloadStep step) {
    static constexpr std::string_view names[] = {"begun",   "unchanged", "failed",   "swapped", "rolled_back",
                                                 "settled", "differs",   "shadowed", "removed", "backed_off"};
    return names[static_cast<std::size_t>(step)];
}

std::vector<fs::path> files_of(const LiveVersion& version) {
    std::vector<fs::path> files;
    const auto* source = std::get_if<fs::path>(&version.source);
    if (source != nullptr && !source->empty()) files.push_back(full_path(*source));
    const Runnable* const runnable = version.runnable();
    if (runnable != nullptr) files.insert(files.end(), runnable->dependencies.begin(), runnable->dependencies.end());
    for (const std::string& file : version.script->session().uses())
        files.emplace_back(runnable != nullptr ? runnable->user_paths(file) : file);
    return files;
}

Reloader::State::State(Broker& given, ReloadOptions wished) : broker(given), options(std::move(wished)) {
    broker.set_version_listener(this);
    watcher = std::make_unique<Watcher>(broker.io(),
                                        Watcher::Events{.saved = [this](const fs::path& file) { saved(file); },
                                                        .removed = [this](const fs::path& file) { removed(file); },
                                                        .warn = options.warn});
}

Reloader::State::~State() {
    broker.set_version_listener(nullptr);
    alive.reset();
    for (const auto& [script, seat] : seats) broker.set_probation(script, false);
}

SeatVersions& Reloader::State::seat_of(std::size_t script) { return seats.at(script); }

const SeatVersions* Reloader::State::find(std::size_t script) const {
    const auto found = seats.find(script);
    return found == seats.end() ? nullptr : &found->second;
}

void Reloader::State::tell(const SeatVersions& seat, ReloadEvent event) {
    event.script = seat.script;
    event.seat = broker.spec(seat.script).name;
    event.tick = broker.ticks();
    if (options.on_event) options.on_event(event);
}

/// What is watched for a seat follows what its versions use.
void Reloader::State::note_files(SeatVersions& seat) {
    std::vector<fs::path> files = files_of(broker.live_version(seat.script));
    files.insert(files.end(), seat.failed_files.begin(), seat.failed_files.end());
    const std::vector<fs::path> before = uses.files_of(seat.script);
    uses.set(seat.script, files);
    if (watcher == nullptr) return;
    for (const fs::path& file : uses.files_of(seat.script)) watcher->add_file(file);
    for (const fs::path& file : before) watcher->remove_file(file);
}

/// What it may lack can come later, under any name.
void Reloader::State::watch_folder_of(const SeatVersions& seat) {
    if (watcher == nullptr || seat.source.empty()) return;
    const fs::path folder = seat.source.parent_path();
    if (folders.insert(folder).second) watcher->add_folder(folder, {"*"}, false);
}

void Reloader::State::saved(const fs::path& file) {
    when_free([this, file] { act_on(file, true); });
}

void Reloader::State::removed(const fs::path& file) {
    waiting.push_back([this, file] { act_on(file, false); });  // it may take a seat away: never within a tick
}

void Reloader::State::when_free(std::function<void()> act) {
    if (stepping)
        waiting.push_back(std::move(act));
    else
        act();
}

void Reloader::State::be_free() {
    stepping = false;
    for (const auto& act : std::exchange(waiting, {})) act();
}

void Reloader::State::act_on(const fs::path& file, bool is_there) {
    const auto now = Clock::now();
    const std::vector<std::size_t> users = uses.users_of(file);
    for (const std::size_t script : users) {
        SeatVersions& seat = seat_of(script);
        if (!is_there && file == seat.source) {
            lose_file(seat);
            continue;
        }
        if (is_sibling(seat, file) && act_on_sibling(seat, file, is_there)) continue;
        // The newest that is on its way has these bytes already.
        if (seat.next != nullptr && seat.next->files.is_untouched(file)) continue;
        if (!lost(seat) && seat.files.is_same(file)) {
            drop(seat);  // saved, and saved back
            seat.failed_source.clear();
            tell(seat, {.step = ReloadStep::unchanged, .version = seat.playing, .file = file});
            continue;
        }
        begin_or_wait(seat, now);
    }
    if (users.empty() && is_there) appeared(file);
    if (users.empty() && !is_there) disappeared(file);
}

void Reloader::State::begin_or_wait(SeatVersions& seat, Clock::time_point saved_at) {
    if (seat.delayed != nullptr) return;  // then the newest is taken
    Clock::duration pause{};
    if (options.backs_off) pause = seat.backoff.saved(saved_at, seat.playing_since, seat.next != nullptr);
    if (pause > Clock::duration{})
        try_later(seat, pause);
    else
        begin(seat, file_to_play(seat), saved_at);
}

/// A file that no seat uses is there, or is there anew: a version that failed may have looked for it in vain.
void Reloader::State::retry(SeatVersions& seat, const fs::path& file) {
    const fs::path folder = seat.source.parent_path();
    if (seat.source.empty() || !file.native().starts_with(folder.native() + "/")) return;
    const bool never_played = lost(seat) && broker.statistics(seat.script).ticks() == 0;
    if (seat.next == nullptr && seat.failed_source.empty() && !never_played) return;
    if (broker.languages().for_script(file) == nullptr &&
        (seat.tried_with.size() == most_tried || !seat.tried_with.insert(file).second))
        return;
    if (seat.next != nullptr) {
        seat.next->more_came = seat.next->more_came || !seat.next->files.is_untouched(file);
        return;
    }
    begin(seat, fs::path(seat.failed_source.empty() ? seat.source : seat.failed_source), Clock::now(), true);
    if (seat.next != nullptr) seat.next->files.look_at(file);  // or it has failed again already
}

void Reloader::State::on_uses(const LiveScript& script) {
    for (auto& [number, seat] : seats)
        if (&broker.script(number) == &script) {
            note_files(seat);
            seat.history->keep_more(seat.playing, files_of(broker.live_version(number)));
        }
}

void Reloader::State::on_version_failed(LiveScript&, const Failure&) {}  // seen at the next step

void Reloader::State::step_all(Clock::time_point until) {
    stepping = true;
    const bool ticked = counted != broker.ticks();
    counted = broker.ticks();
    for (auto& [script, seat] : seats) {
        if (seat.parked != nullptr && lost(seat)) take_back(seat);
        if (ticked) count_tick(seat);
        if (seat.next != nullptr) step(seat, until);
    }
    be_free();
}

/// Whether step() would do anything for it now.
bool Reloader::State::can_act(const SeatVersions& seat) const {
    if (seat.parked != nullptr && lost(seat)) return true;
    if (seat.next == nullptr || seat.next->version == nullptr ||
        (seat.next->stage == Attempt::Stage::shadow && !lost(seat)))
        return false;
    const LiveScript& script = *seat.next->version->script;
    const LiveScript& playing = broker.script(seat.script);
    const bool can_be_asked = lost(seat) || (playing.phase() == Phase::idle && !playing.session().owes_state());
    const Phase mine = script.phase();
    return mine == Phase::idle || mine == Phase::lost || (script.session().wants_state() && can_be_asked) ||
           seat.next->failure;
}

Reloader::Reloader(Broker& broker, ReloadOptions options)
    : state_(std::make_unique<State>(broker, std::move(options))) {}

Reloader::~Reloader() = default;

void Reloader::watch(std::size_t script) {
    State& state = *state_;
    const auto* source = std::get_if<fs::path>(&state.broker.spec(script).source);
    if (source == nullptr) return;  // a command of the user's own
    const auto [place, is_new] = state.seats.try_emplace(script);
    SeatVersions& seat = place->second;
    if (!is_new) return;
    seat.script = script;
    if (!source->empty()) seat.source = seat.first_source = full_path(*source);
    seat.first_confinement = state.broker.spec(script).confinement;
    const bool can_write =
        seat.first_confinement.trust == Trust::trusted || state.broker.sandbox_mode() == SandboxMode::off;
    seat.backoff = Backoff(can_write ? Backoff::patience : Backoff::patience_with_outsiders);
    seat.history = std::make_unique<History>(state.store, state.broker.spec(script).name, state.options.depth);
    state.note_files(seat);
    state.broker.expect_restarts(script);
    const FileTime began = state.broker.live_version(script).began;
    if (stamp_of(seat.source) == state.broker.live_version(script).stamp) seat.files.look_at(seat.source);
    const bool at_rest = seat.files.keep(state.uses.files_of(script), began);
    if (!seat.source.empty()) state.keep(seat, at_rest ? 0 : began);
    state.watch_folder_of(seat);
    if (!at_rest) state.begin(seat, seat.source, Clock::now());  // saved while it was started
}

void Reloader::watch_folder(const fs::path& folder, std::vector<std::string> patterns,
                            std::function<void(const fs::path&)> appeared) {
    State& state = *state_;
    const fs::path path = full_path(folder);
    state.told_folders[path] = {{std::move(patterns)}, std::move(appeared)};
    if (state.watcher == nullptr) return;
    if (!state.folders.insert(path).second) state.watcher->remove_folder(path);
    state.watcher->add_folder(path);
}

void Reloader::stop() {
    State& state = *state_;
    state.watcher.reset();
    for (auto& [script, seat] : state.seats) {
        state.drop(seat);
        state.settle(seat);
    }
    state.leaving.clear();
}

void Reloader::between_ticks(Clock::time_point until) {
    if (state_->active > 0 || !state_->waiting.empty()) state_->step_all(until);
}

void Reloader::wait_until(Clock::time_point until) {
    State& state = *state_;
    const auto something_to_do = [&] {
        return !state.waiting.empty() ||
               std::ranges::any_of(state.seats, [&](const auto& seat) { return state.can_act(seat.second); });
    };
    while (state.broker.wait_for(something_to_do, until)) {
        state.step_all(until);
        if (Clock::now() >= until) return;
    }
}

bool Reloader::take_back(std::size_t script) {
    const auto seat = state_->seats.find(script);
    return seat != state_->seats.end() && state_->take_back(seat->second);
}

void Reloader::reload(std::size_t script) {
    SeatVersions& seat = state_->seat_of(script);
    if (seat.source.empty()) throw std::invalid_argument("nobody has the seat");
    state_->when_free([state = state_.get(), &seat] { state->begin(seat, state->file_to_play(seat), Clock::now()); });
}

bool Reloader::is_shadow(std::size_t script) const {
    const SeatVersions* const seat = state_->find(script);
    return seat != nullptr && state_->is_shadow(*seat);
}

void Reloader::run_shadow(std::size_t script, const std::function<std::optional<std::string>(LiveVersion&)>& tick) {
    if (is_shadow(script)) state_->run_shadow(state_->seat_of(script), tick);
}

void Reloader::with_shadow(std::size_t script, const std::function<void(LiveVersion&)>& use) {
    if (state_->active > 0 && is_shadow(script)) state_->with_shadow(state_->seat_of(script), use);
}

void Reloader::end_shadow(std::size_t script, const std::string& why) {
    if (is_shadow(script)) state_->no_shadow(state_->seat_of(script), why);
}

std::optional<std::size_t> Reloader::open_seat() const {
    for (const auto& [script, seat] : state_->seats)
        if (seat.source.empty() && seat.next == nullptr) return script;
    return std::nullopt;
}

void Reloader::settle(std::size_t script) {
    if (const auto seat = state_->seats.find(script); seat != state_->seats.end()) state_->settle(seat->second);
}

void Reloader::after_tick(std::span<const SceneFor> scenes) {
    if (state_->active > 0) state_->after_tick(scenes);
}

void Reloader::replace(std::size_t script, const fs::path& file) {
    state_->when_free([state = state_.get(), script, file = full_path(file)] {
        state->begin(state->seat_of(script), file, Clock::now());
    });
}

void Reloader::rollback(std::size_t script, std::optional<int> number) {
    SeatVersions& seat = state_->seat_of(script);
    const Version* const version = number ? seat.history->find(*number) : seat.history->previous();
    if (version == nullptr) {
        std::string there;
        for (const Version& one : seat.history->list())
            (there += there.empty() ? "" : ", ") += std::to_string(one.number);
        throw std::invalid_argument(number ? "there is no version " + std::to_string(*number) + " of " +
                                                 state_->broker.spec(script).name + "; there are: " + there
                                           : "there is no version before the one that plays; there are: " + there);
    }
    if (!version->no_artefact.empty()) throw std::invalid_argument(version->no_artefact);
    state_->when_free([state = state_.get(), &seat, chosen = version->number] { state->begin_again(seat, chosen); });
}

std::vector<Version> Reloader::versions(std::size_t script) const {
    const auto seat = state_->seats.find(script);
    if (seat == state_->seats.end()) return {};
    state_->count_played(seat->second);
    return seat->second.history->list();
}

int Reloader::version(std::size_t script) const {
    const SeatVersions* seat = state_->find(script);
    return seat == nullptr ? 1 : seat->playing;
}

std::optional<Failure> Reloader::last_failure(std::size_t script) const {
    const SeatVersions* seat = state_->find(script);
    return seat == nullptr ? std::nullopt : seat->last_failure;
}

std::vector<std::size_t> Reloader::affected_by(const fs::path& file) const {
    return state_->uses.users_of(full_path(file));
}

std::string_view Reloader::state(std::size_t script) const {
    const SeatVersions* seat = state_->find(script);
    if (seat == nullptr) return "playing";
    if (seat->next != nullptr) {
        static constexpr std::string_view names[] = {"building", "starting", "handing over", "shadow", "shadow"};
        return names[static_cast<std::size_t>(seat->next->stage)];
    }
    return seat->parked != nullptr ? "on probation" : "playing";
}

bool Reloader::busy() const { return state_->active > 0; }

}  // namespace dragoman
