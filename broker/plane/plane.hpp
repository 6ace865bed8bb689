#pragma once

#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "broker/plane/shared_file.hpp"
#include "ecs/layout/plane.h"
#include "ecs/world.hpp"

namespace dragoman {

/// One of a script's systems, as its script sees it.
struct PlaneSystem {
    std::string name;
    const ecs::Query* query = nullptr;
    std::vector<dragoman_access> access;  // by component id
    std::vector<ecs::ComponentId> changed;
};

/// The broker's side of one script's data plane: the pages of ecs/layout/plane.h, the socket that descriptors travel
/// by, and the two bells. What the script can write is read once and checked before it is used.
class Plane {
public:
    /// Throws LaunchError.
    explicit Plane(boost::asio::io_context& io);
    ~Plane();
    Plane(const Plane&) = delete;

    /// Plane socket, `go` and `done`: for the order that starts the script. The script has them once it is started.
    std::vector<int> script_ends() const;
    void close_script_ends();

    struct Attachment {
        const ecs::World* world = nullptr;
        std::vector<PlaneSystem> systems;
        std::vector<dragoman_access> access;  // the script's, by component id
        std::size_t most_handles = 0;
        std::size_t command_bytes = 0;
        std::uint32_t spin_us = 0;
    };
    /// Makes the pages anew and sends their descriptors. Throws LaunchError.
    void attach(const Attachment& attachment);
    bool is_attached() const { return control_.data() != nullptr; }

    /// Tables that have come since. Before go().
    void list_new_tables(std::size_t system, const ecs::Query& query);

    struct Run {
        std::uint32_t system = 0;
        std::uint64_t tick = 0;
        double dt = 0;
        std::uint64_t since = 0;
        std::size_t handles = 0;  // of the reserved ones: how many it may use
    };
    /// Reserved handles that have taken the places of used ones, from the first on.
    void give_handles(std::span<const ecs::Entity> handles);
    /// Has the script run a system. `ring` false: a line tells it, not the bell.
    void go(const Run& run, bool ring = true);
    /// The script says that it has done what it was last told.
    bool is_done() const { return load_done() == last_go_; }
    /// It says something else than what it was before or what it may be now: it has written what it should not.
    bool is_garbled() const;
    /// The component that the script says to have died of: it wrote it, and had declared it as read. Empty for none.
    std::string wrote_readonly() const;
    /// Wakes a sleeping script, so that it is awake when it is told to run.
    void wake();
    void broker_sleeps(bool sleeps);

    /// A private copy of the commands of the run that is done. Throws ecs::Error where they are more than there is room
    /// for. Valid until the next call.
    std::span<const std::byte> commands();
    /// Which columns the run has written whole into their second buffers; and no longer.
    bool take_mark(ecs::ComponentId component, std::uint32_t table);
    /// Access STAGED: the script's own file for a component.
    const SharedFile& staging(ecs::ComponentId component) const { return staging_[component]; }

private:
    dragoman_control* control() const { return control_.at<dragoman_control>(0); }
    std::uint32_t load_done() const { return __atomic_load_n(&control()->done, __ATOMIC_ACQUIRE); }
    void send(std::span<const int> descriptors);

    using Bell = boost::asio::posix::stream_descriptor;
    static void listen(const std::shared_ptr<Bell>& bell);

    std::shared_ptr<Bell> done_bell_;  // what waits for it may outlive this
    Descriptor socket_;
    Descriptor go_bell_;
    std::array<Descriptor, 3> script_ends_;
    SharedFile view_;
    SharedFile control_;
    std::vector<SharedFile> staging_;  // by component id
    std::vector<std::byte> copy_;
    std::uint32_t last_go_ = 0;
    std::size_t handles_offset_ = 0;
    std::size_t commands_offset_ = 0;
    std::size_t command_bytes_ = 0;
    std::size_t lists_offset_ = 0;
    std::vector<std::size_t> listed_;  // by system: how many tables its list has
    bool sleeps_ = false;
};

}  // namespace dragoman
