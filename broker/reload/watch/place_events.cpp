// What the kernel's events mean for places and the files in them.
#include <sys/inotify.h>

#include "broker/reload/watch/places.hpp"
#include "broker/reload/watch/trail.hpp"

namespace dragoman::watch {

namespace {

constexpr std::uint32_t comes = IN_CREATE | IN_MOVED_TO;
constexpr std::uint32_t goes = IN_DELETE | IN_MOVED_FROM;

Sign sign_of(std::uint32_t what) {
    if (what & IN_CLOSE_WRITE) return Sign::Closed;
    if (what & IN_MOVED_TO) return Sign::Replaced;
    if (what & IN_MODIFY) return Sign::Written;
    if (what & IN_CREATE) return Sign::Created;
    if (what & IN_ATTRIB) return Sign::Attributes;
    return what & goes ? Sign::Gone : Sign::Unknown;
}

}  // namespace

void Places::on_event(const InotifyEvent& event, Saves::Time now) {
    now_ = now;
    if (event.what & IN_Q_OVERFLOW) {
        std::vector<Follower> roots;
        for (const auto& [id, place] : places_)
            if (place.parent == 0) roots.push_back({id, {}});
        return settle_all(roots, Mode::TellAll);
    }
    if (event.what & (IN_IGNORED | IN_UNMOUNT)) return settle_all(folders_.lose(event.watch), Mode::Tell);
    if (event.name.empty()) {
        if (event.what & (IN_DELETE_SELF | IN_MOVE_SELF)) settle_all(folders_.all_followers(event.watch), Mode::Tell);
        return;
    }
    for (const Follower& follower : folders_.followers(event.watch, std::string(event.name))) {
        if (!follower.file.empty())
            on_link(follower, event);
        else if (event.what & (comes | goes))
            settle_all({follower}, Mode::Tell);
    }
    for (const Follower& follower : folders_.followers(event.watch, {}))
        if (const auto place = places_.find(follower.place); place != places_.end()) on_name(place->second, event);
}

void Places::settle_all(const std::vector<Follower>& followers, Mode mode) {
    for (const Follower& follower : followers) {
        const auto found = places_.find(follower.place);
        if (found == places_.end()) continue;
        Place& place = found->second;
        if (!follower.file.empty())
            observe(place, follower.file, Sign::Unknown, mode);
        else if (!settle(place, mode) && place.parent)
            leave(place.id);
    }
}

void Places::on_name(Place& place, const InotifyEvent& event) {
    const std::string name(event.name);
    const bool is_known = place.names.contains(name);
    if (!is_known && !place.filter) return;
    Sign sign = sign_of(event.what);
    if (event.what & comes) {
        const FileLook look = look_at(join(place.real, name));
        if (look.kind == FileLook::Kind::Folder && place.filter && place.filter->recursive)
            ahead_.push_back({place.id, name, Mode::Tell});
        if (look.is_link) sign = Sign::Replaced;
    }
    if (is_known || (!(event.what & IN_ISDIR) && place.filter->wants(name)))
        observe(place, name, sign, Mode::Tell, event.what & (comes | goes));
}

/// Something happened on a link's way to its file.
void Places::on_link(const Follower& follower, const InotifyEvent& event) {
    const auto place = places_.find(follower.place);
    if (place == places_.end()) return;
    const auto name = place->second.names.find(follower.file);
    if (name == place->second.names.end() || name->second.steps.empty()) return;
    const Step& last = name->second.steps.back();
    const bool is_at_its_end = last.watch == event.watch && last.name == event.name;
    const bool may_lead_elsewhere = event.what & (comes | goes);
    if (is_at_its_end)
        observe(place->second, follower.file, sign_of(event.what), Mode::Tell, may_lead_elsewhere);
    else if (may_lead_elsewhere)
        observe(place->second, follower.file, Sign::Unknown, Mode::Tell);
}

void Places::observe(Place& place, const std::string& name, Sign sign, Mode mode, bool may_lead_elsewhere) {
    const std::string file = join(place.path, name);
    FileLook look = place.real.empty() ? FileLook{} : look_at(join(place.real, name));
    auto entry = place.names.find(name);
    if (entry == place.names.end()) {
        if (look.kind != FileLook::Kind::File && look.kind != FileLook::Kind::Dangling) return;
        entry = place.names.try_emplace(name).first;
        may_lead_elsewhere = true;
    }
    if (may_lead_elsewhere && (look.is_link || !entry->second.steps.empty())) {
        retrace(place, name, entry->second, look.is_link);
        // Once more, now that all of it is watched.
        look = place.real.empty() ? FileLook{} : look_at(join(place.real, name));
    }
    if (mode != Mode::Know)
        saves_.see(file, sign, look, now_);
    else if (!saves_.knows(file))
        saves_.know(file, look);
    if (look.kind == FileLook::Kind::Absent && entry->second.count == 0 && !saves_.knows(file))
        forget_name(place, name);
}

void Places::retrace(Place& place, const std::string& name, Name& entry, bool is_link) {
    Trail trail;
    if (is_link && !place.real.empty()) trail = follow_path(folders_, place.real, name, FolderWatches::all);
    // The first one is the place's own.
    if (!trail.steps.empty()) trail.steps.erase(trail.steps.begin());
    const Follower self{place.id, name};
    for (const Step& step : trail.steps) folders_.follow(step, self);
    for (const Step& step : entry.steps) folders_.unfollow(step, self);
    entry.steps = std::move(trail.steps);
}

void Places::forget_name(Place& place, const std::string& name) {
    const auto found = place.names.find(name);
    if (found == place.names.end()) return;
    for (const Step& step : found->second.steps) folders_.unfollow(step, {place.id, name});
    place.names.erase(found);
}

}  // namespace dragoman::watch
