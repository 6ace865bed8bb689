#include "broker/reload/watch/saves.hpp"

#include <algorithm>
#include <utility>

namespace dragoman::watch {

void Saves::know(const std::string& file, const FileLook& look) {
    forget(file);
    if (look.kind == FileLook::Kind::Absent) return;
    File& state = files_[file];
    state.look = look;
    state.is_told = true;
}

void Saves::forget(const std::string& file) {
    files_.erase(file);
    waiting_.erase(file);
}

void Saves::see(const std::string& file, Sign sign, const FileLook& look, Time now) {
    const auto found = files_.find(file);
    if (look.kind == FileLook::Kind::Absent && found == files_.end()) return;
    File& state = found == files_.end() ? files_[file] : found->second;
    if (look.is_away()) return see_away(file, state, look, now);
    // What went was the one before; the signs of the one that is there now are still to come.
    if (sign == Sign::Gone) return;

    const FileLook before = std::exchange(state.look, look);
    state.away.reset();
    const bool is_same = before.is_same(look);
    switch (sign) {
        case Sign::Created:
            if (is_same) break;
            if (look.kind != FileLook::Kind::File || look.has_more_names)
                touch(file, state, now);
            else
                dirty(file, state, now);
            break;
        case Sign::Written:
            dirty(file, state, now);
            break;
        case Sign::Attributes:
            // Tools write, set times and permissions, and close, in any order: not at once.
            if (state.dirty || !before.has_same_content(look)) dirty(file, state, now);
            break;
        case Sign::Closed:
        case Sign::Replaced:
            // Where clocks are coarse, two writes in a row can leave the same times: having been written is enough.
            if (state.dirty || !is_same) touch(file, state, now);
            break;
        case Sign::Unknown:
            if (!is_same) touch(file, state, now);
            break;
        case Sign::Gone:
            break;
    }
}

void Saves::see_away(const std::string& file, File& state, const FileLook& look, Time now) {
    const FileLook before = std::exchange(state.look, look);
    state.dirty.reset();
    state.is_pending = false;
    if (look.kind == FileLook::Kind::Absent && !state.is_told) return forget(file);
    if (before.kind == look.kind) return;
    if (!state.away) state.away = now;
    waiting_.insert(file);
}

void Saves::dirty(const std::string& file, File& state, Time now) {
    if (!state.dirty) state.dirty = now;
    state.written = now;
    waiting_.insert(file);
}

void Saves::touch(const std::string& file, File& state, Time now) {
    state.dirty.reset();
    const bool is_first = !state.is_pending && (!state.touched || now - *state.touched >= times_.quiet);
    const bool is_overdue = state.told && now - *state.told >= times_.longest;
    state.touched = now;
    if (is_first || is_overdue) return tell(file, state, now);
    state.is_pending = true;
    waiting_.insert(file);
}

void Saves::tell(const std::string& file, File& state, Time now) {
    state.is_pending = false;
    state.is_told = true;
    state.told = now;
    told_.push_back({file, false});
}

std::optional<Saves::Time> Saves::telling(const File& state) const {
    if (!state.is_pending) return std::nullopt;
    const Time latest = *state.told + times_.longest;
    return state.dirty ? latest : std::min(*state.touched + times_.quiet, latest);
}

std::optional<Saves::Time> Saves::due(const File& state) const {
    std::optional<Time> first = telling(state);
    const auto at = [&](Time time) { first = first ? std::min(*first, time) : time; };
    if (state.dirty) at(std::min(state.written + times_.unclosed, *state.dirty + times_.longest));
    if (state.away) at(*state.away + times_.removal);
    return first;
}

std::optional<Saves::Time> Saves::next() const {
    std::optional<Time> first;
    for (const std::string& file : waiting_)
        if (const auto time = due(files_.at(file))) first = first ? std::min(*first, *time) : *time;
    return first;
}

void Saves::advance(Time now) {
    for (auto it = waiting_.begin(); it != waiting_.end();) {
        const std::string file = *it;
        File& state = files_.at(file);
        ++it;
        if (const auto time = due(state); time && *time > now) continue;
        if (advance(file, state, now)) waiting_.erase(file);
    }
}

bool Saves::advance(const std::string& file, File& state, Time now) {
    if (state.away) {
        state.away.reset();
        if (state.look.kind == FileLook::Kind::Dangling) {
            tell(file, state, now);
        } else {
            told_.push_back({file, true});
            forget(file);
        }
        return true;
    }
    if (const auto time = telling(state); time && *time <= now)
        tell(file, state, now);
    else if (state.dirty)
        touch(file, state, now);
    return !due(state);
}

std::vector<Told> Saves::take() { return std::exchange(told_, {}); }

}  // namespace dragoman::watch
