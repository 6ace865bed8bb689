#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "broker/reload/watch/folder_watches.hpp"
#include "broker/reload/watch/names.hpp"
#include "broker/reload/watch/saves.hpp"

namespace dragoman::watch {

/// Knows which files are meant and where they lie now, and turns the kernel's events into signs for Saves.
///
/// A place is a folder by its path: a watched one, one below it, or one with single files in it. It follows its trail,
/// and so stays with its path whatever happens to the folder that is there.
class Places {
public:
    Places(FolderWatches& folders, Saves& saves) : folders_(folders), saves_(saves) {}

    // Paths are absolute and lexically normal.
    /// At once; what comes later is looked into by look_into_more().
    void add_folder(const std::string& folder, Filter filter);
    void remove_folder(const std::string& folder);
    void add_file(const std::string& file);
    void remove_file(const std::string& file);

    void on_event(const InotifyEvent& event, Saves::Time now);
    /// It was told that the file is removed.
    void on_removed(const std::string& file);

    /// Folders that have come are looked into a few at a time, since they may hold very many. True: there are more.
    bool look_into_more(std::size_t most);

    /// Folders that were passed over because there are too many; each once.
    std::vector<std::string> take_passed_over();

private:
    struct Name {
        int count = 0;            // how often it was added by itself
        std::vector<Step> steps;  // where it is a link: what lies behind the folder's own
    };
    struct Place {
        int id = 0;
        int parent = 0;
        int depth = 0;
        std::string path;
        std::string real;  // without links; empty when it is not there
        int watch = -1;
        std::uint64_t device = 0, inode = 0;
        std::shared_ptr<const Filter> filter;  // none: single files
        std::vector<Step> steps;
        std::map<std::string, Name> names;
        std::map<std::string, int> children;
    };
    /// What is found for the first time at the start is known, later it is told.
    enum class Mode { Know, Tell, TellAll };

    Place& make(const std::string& path, int parent, std::shared_ptr<const Filter> filter);
    /// Finds out where it lies now; looks at what is in it when that has changed. False: it is not there.
    bool settle(Place& place, Mode mode);
    void scan(Place& place, Mode mode);
    void enter(Place& parent, const std::string& name, Mode mode);
    bool leads_out(const Place& place, const std::string& real) const;
    bool is_in_itself(const Place& place) const;
    void leave(int id);
    void erase(int id);

    /// `may_lead_elsewhere`: where it is a link.
    void observe(Place& place, const std::string& name, Sign sign, Mode mode, bool may_lead_elsewhere = true);
    void retrace(Place& place, const std::string& name, Name& entry, bool is_link);
    void forget_name(Place& place, const std::string& name);
    /// Some place has the file.
    bool has(const std::string& file) const;

    void settle_all(const std::vector<Follower>& followers, Mode mode);
    void on_name(Place& place, const InotifyEvent& event);
    void on_link(const Follower& follower, const InotifyEvent& event);

    FolderWatches& folders_;
    Saves& saves_;
    Saves::Time now_;
    int last_id_ = 0;
    std::map<int, Place> places_;
    struct Ahead {
        int parent;
        std::string name;
        Mode mode;
    };
    std::deque<Ahead> ahead_;  // to be entered
    std::multimap<std::string, int> by_path_;
    std::map<std::string, int> with_files_;  // by path: the places with single files
    std::vector<std::string> passed_over_;
};

}  // namespace dragoman::watch
