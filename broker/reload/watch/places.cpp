#include "broker/reload/watch/places.hpp"

#include <filesystem>
#include <set>
#include <utility>

#include "broker/reload/watch/trail.hpp"

namespace dragoman::watch {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t most_places = 5'000;
constexpr int deepest = 100;  // each costs stack

/// What lies in a folder: files and others, and folders, links to them included.
struct Listing {
    std::set<std::string> files;
    std::set<std::string> folders;
};

Listing list(const std::string& folder) {
    Listing listing;
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
        std::error_code unknown;
        (it->is_directory(unknown) ? listing.folders : listing.files).insert(it->path().filename().string());
    }
    return listing;
}

}  // namespace

void Places::add_folder(const std::string& folder, Filter filter) {
    settle(make(folder, 0, std::make_shared<const Filter>(std::move(filter))), Mode::Know);
    look_into_more(2 * most_places);
}

bool Places::look_into_more(std::size_t most) {
    for (; most > 0 && !ahead_.empty(); --most) {
        const Ahead next = std::move(ahead_.front());
        ahead_.pop_front();
        if (const auto parent = places_.find(next.parent); parent != places_.end())
            enter(parent->second, next.name, next.mode);
    }
    return !ahead_.empty();
}

void Places::remove_folder(const std::string& folder) {
    std::vector<int> roots;
    for (auto [it, end] = by_path_.equal_range(folder); it != end; ++it)
        if (const Place& place = places_.at(it->second); place.filter && place.parent == 0) roots.push_back(place.id);
    for (const int id : roots) erase(id);
}

void Places::add_file(const std::string& file) {
    const fs::path path = file;
    const std::string name = path.filename().string();
    if (name.empty()) return;
    const auto [entry, is_new] = with_files_.try_emplace(path.parent_path().string(), 0);
    if (is_new) {
        Place& place = make(entry->first, 0, nullptr);
        entry->second = place.id;
        settle(place, Mode::Know);
    }
    Place& place = places_.at(entry->second);
    if (place.names[name].count++ == 0) observe(place, name, Sign::Unknown, Mode::Know);
}

void Places::remove_file(const std::string& file) {
    const fs::path path = file;
    const auto entry = with_files_.find(path.parent_path().string());
    if (entry == with_files_.end()) return;
    Place& place = places_.at(entry->second);
    const std::string name = path.filename().string();
    const auto found = place.names.find(name);
    if (found == place.names.end() || --found->second.count > 0) return;
    forget_name(place, name);
    if (!has(file)) saves_.forget(file);
    if (!place.names.empty()) return;
    const int id = place.id;
    with_files_.erase(entry);
    erase(id);
}

void Places::on_removed(const std::string& file) {
    const fs::path path = file;
    const std::string name = path.filename().string();
    for (auto [it, end] = by_path_.equal_range(path.parent_path().string()); it != end; ++it) {
        Place& place = places_.at(it->second);
        const auto found = place.names.find(name);
        if (found != place.names.end() && found->second.count == 0) forget_name(place, name);
    }
}

std::vector<std::string> Places::take_passed_over() { return std::exchange(passed_over_, {}); }

Places::Place& Places::make(const std::string& path, int parent, std::shared_ptr<const Filter> filter) {
    Place& place = places_[++last_id_];
    place.id = last_id_;
    place.parent = parent;
    place.depth = parent ? places_.at(parent).depth + 1 : 0;
    place.path = path;
    place.filter = std::move(filter);
    by_path_.emplace(path, place.id);
    return place;
}

bool Places::settle(Place& place, Mode mode) {
    const Place* parent = place.parent ? &places_.at(place.parent) : nullptr;
    Trail trail;
    if (!parent)
        trail = follow_path(folders_, "/", place.path, FolderWatches::names);
    else if (!parent->real.empty())
        trail = follow_path(folders_, parent->real, fs::path(place.path).filename().string(), FolderWatches::names);
    const FileLook look = trail.leads_somewhere() ? look_at(trail.end) : FileLook{};
    place.device = look.device;
    place.inode = look.inode;
    const bool is_there = look.kind == FileLook::Kind::Folder && !is_in_itself(place) && !leads_out(place, trail.end);
    if (!is_there) trail.end.clear();
    const int watch = is_there ? folders_.watch(trail.end, FolderWatches::all) : -1;

    // The new ones first: what is in both stays watched.
    const Follower self{place.id, {}};
    for (const Step& step : trail.steps) folders_.follow(step, self);
    folders_.follow({watch, {}}, self);
    for (const Step& step : place.steps) folders_.unfollow(step, self);
    folders_.unfollow({place.watch, {}}, self);

    place.steps = std::move(trail.steps);
    const bool is_elsewhere = std::exchange(place.real, trail.end) != trail.end || place.watch != watch;
    place.watch = watch;
    if (is_elsewhere || mode == Mode::TellAll) scan(place, mode);
    return is_there;
}

void Places::scan(Place& place, Mode mode) {
    Listing found;
    if (place.filter && !place.real.empty()) found = list(place.real);
    std::set<std::string> names;
    for (const auto& [name, entry] : place.names) names.insert(name);
    for (const std::string& name : found.files)
        if (place.filter->wants(name)) names.insert(name);
    for (const std::string& name : names) observe(place, name, Sign::Unknown, mode);

    const auto children = place.children;
    for (const auto& [name, id] : children)
        if (place.real.empty() || !settle(places_.at(id), mode)) leave(id);
    if (!place.filter || !place.filter->recursive) return;
    for (const std::string& name : found.folders)
        if (!place.children.contains(name) && !is_passed_over(name)) ahead_.push_back({place.id, name, mode});
}

void Places::enter(Place& parent, const std::string& name, Mode mode) {
    if (parent.children.contains(name) || is_passed_over(name)) return;
    const std::string path = join(parent.path, name);
    if (places_.size() >= most_places || parent.depth >= deepest) return passed_over_.push_back(path);
    Place& place = make(path, parent.id, parent.filter);
    parent.children.emplace(name, place.id);
    if (!settle(place, mode)) leave(place.id);
}

/// Out of the watched folder: by a link, to what may be as large as all of the machine's files.
bool Places::leads_out(const Place& place, const std::string& real) const {
    int root = place.parent;
    if (root == 0) return false;
    while (places_.at(root).parent != 0) root = places_.at(root).parent;
    const std::string& inside = places_.at(root).real;
    return !real.starts_with(inside.ends_with('/') ? inside : inside + '/');
}

bool Places::is_in_itself(const Place& place) const {
    for (int id = place.parent; id != 0;) {
        const Place& above = places_.at(id);
        if (above.inode == place.inode && above.device == place.device) return true;
        id = above.parent;
    }
    return false;
}

/// A folder below a watched one that is not there any more.
void Places::leave(int id) {
    const auto children = places_.at(id).children;
    for (const auto& [name, child] : children) leave(child);
    for (const auto& [name, entry] : places_.at(id).names)
        saves_.see(join(places_.at(id).path, name), Sign::Gone, {}, now_);
    // Saves is waiting whether they come back.
    for (auto& [name, entry] : places_.at(id).names)
        for (const Step& step : entry.steps) folders_.unfollow(step, {id, name});
    places_.at(id).names.clear();
    erase(id);
}

void Places::erase(int id) {
    Place& place = places_.at(id);
    const auto children = place.children;
    for (const auto& [name, child] : children) erase(child);
    while (!place.names.empty()) {
        const std::string name = place.names.begin()->first;
        forget_name(place, name);
        if (const std::string file = join(place.path, name); !has(file)) saves_.forget(file);
    }
    for (const Step& step : place.steps) folders_.unfollow(step, {id, {}});
    folders_.unfollow({place.watch, {}}, {id, {}});
    if (place.parent) places_.at(place.parent).children.erase(fs::path(place.path).filename().string());
    for (auto [it, end] = by_path_.equal_range(place.path); it != end; ++it)
        if (it->second == id) {
            by_path_.erase(it);
            break;
        }
    places_.erase(id);
}

bool Places::has(const std::string& file) const {
    const fs::path path = file;
    for (auto [it, end] = by_path_.equal_range(path.parent_path().string()); it != end; ++it)
        if (places_.at(it->second).names.contains(path.filename().string())) return true;
    return false;
}

}  // namespace dragoman::watch
