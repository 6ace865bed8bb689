#include <algorithm>

#include "broker/build/source.hpp"
#include "broker/reload/reload_state.hpp"

// Files with the same name in another language, and seats whose file is gone.

namespace dragoman {
namespace fs = std::filesystem;

/// 1P.lua beside 1P.py.
bool Reloader::State::is_sibling(const SeatVersions& seat, const fs::path& file) const {
    return file != seat.source && file.parent_path() == seat.source.parent_path() &&
           file.stem() == seat.source.stem() && broker.languages().for_script(file) != nullptr;
}

/// The newest that could play in place of the seat's own file; an empty path where there is none.
fs::path Reloader::State::sibling_of(const SeatVersions& seat) const {
    fs::path newest;
    fs::file_time_type written{};
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(seat.source.parent_path(), error)) {
        const fs::path file = full_path(entry.path());
        const auto is_another = [&](std::size_t script) { return script != seat.script; };
        if (!is_sibling(seat, file) || std::ranges::any_of(uses.users_of(file), is_another)) continue;
        if (!why_no_script(file).empty()) continue;
        const auto time = entry.last_write_time(error);
        if (!newest.empty() && time <= written) continue;
        newest = file;
        written = time;
    }
    return newest;
}

/// What the next version is made from: while the seat's file is gone, a sibling.
fs::path Reloader::State::file_to_play(const SeatVersions& seat) const {
    std::error_code error;
    if (seat.source.empty() || fs::exists(seat.source, error)) return seat.source;
    const fs::path sibling = sibling_of(seat);
    return sibling.empty() ? seat.source : sibling;
}

/// One that was tried and cannot play is tried again when it is saved. What plays goes on until then.
void Reloader::State::lose_file(SeatVersions& seat) {
    const fs::path sibling = sibling_of(seat);
    if (sibling.empty()) return broker.spec(seat.script).role == Role::player ? give_up(seat) : keep_on(seat);
    const bool is_on_its_way = seat.next != nullptr && seat.next->source == sibling;
    if (!is_on_its_way && std::ranges::count(seat.failed_files, sibling) == 0) begin(seat, sibling, Clock::now());
}

/// Nobody else can have the seat of a game or of systems: it waits for its file.
void Reloader::State::keep_on(SeatVersions& seat) {
    tell(seat, {.step = ReloadStep::removed,
                .version = seat.playing,
                .file = seat.source,
                .text = lost(seat) ? "its file is gone: the seat waits until it is there again"
                                   : "its file is gone: what plays goes on"});
}

/// True where that is all there is to do: it plays no part as long as the seat's own file is there.
bool Reloader::State::act_on_sibling(SeatVersions& seat, const fs::path& file, bool is_there) {
    std::error_code error;
    if (fs::exists(seat.source, error)) {
        if (std::erase(seat.failed_files, file) == 0) return false;  // what plays uses it
        note_files(seat);
        return true;
    }
    if (!is_there) lose_file(seat);
    return !is_there;
}

/// An old version, brought back, plays without its file: 1P.lua was all that there was beside it.
void Reloader::State::disappeared(const fs::path& file) {
    std::error_code error;
    for (auto& [script, seat] : seats)
        if (is_sibling(seat, file) && !fs::exists(seat.source, error)) lose_file(seat);
}

void Reloader::State::appeared(const fs::path& file) {
    std::error_code error;
    if (!fs::is_regular_file(file, error)) return;
    for (auto& [script, seat] : seats)
        if (!is_sibling(seat, file)) retry(seat, file);
    for (auto& [script, seat] : seats) {
        if (!is_sibling(seat, file)) continue;
        if (fs::exists(seat.source, error)) return;  // should that go, this one will take its place
        return begin(seat, file, Clock::now());
    }
    std::vector<std::function<void(const fs::path&)>> told;  // they may watch more folders
    for (const auto& [folder, whom] : told_folders)
        if (whom.tell && file.native().starts_with(folder.native() + "/") && whom.names.wants(file.filename().string()))
            told.push_back(whom.tell);
    for (const auto& tell : told) tell(file);
}

}  // namespace dragoman
