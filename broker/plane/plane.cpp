#include "broker/plane/plane.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "broker/launch/launcher.hpp"

namespace dragoman {
namespace {

constexpr std::size_t page = 4096;
/// SCM_MAX_FD of the kernel.
constexpr std::size_t most_sent = 253;

std::size_t pages(std::size_t bytes) { return (bytes + page - 1) / page * page; }

/// A pipe and no eventfd: the ends are not one open file, whose O_NONBLOCK either side could take away.
struct BellEnds {
    Descriptor hears;
    Descriptor rings;
};

BellEnds make_bell() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        throw LaunchError("no pipe for the data plane: " + std::generic_category().message(errno));
    return {Descriptor(ends[0]), Descriptor(ends[1])};
}

/// A full bell has been rung; one that nobody hears any more need not be.
void ring(int bell) {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(bell, &one, sizeof one);
}

template <std::size_t N>
void copy_name(char (&to)[N], const std::string& from) {
    std::memcpy(to, from.data(), std::min(from.size(), N - 1));
}

}  // namespace

Plane::Plane(boost::asio::io_context& io) : done_bell_(std::make_shared<Bell>(io)) {
    BellEnds go = make_bell();
    BellEnds done = make_bell();
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        throw LaunchError("no socket for the data plane: " + std::generic_category().message(errno));
    socket_ = Descriptor(ends[0]);
    script_ends_ = {Descriptor(ends[1]), std::move(go.hears), std::move(done.rings)};
    go_bell_ = std::move(go.rings);
    done_bell_->assign(done.hears.release());
    listen(done_bell_);
}

Plane::~Plane() {
    boost::system::error_code ignored;
    done_bell_->close(ignored);
}

std::vector<int> Plane::script_ends() const {
    return {script_ends_[0].get(), script_ends_[1].get(), script_ends_[2].get()};
}

void Plane::close_script_ends() {
    for (Descriptor& end : script_ends_) end.reset();
}

/// Nothing is done with it: that it rings ends a wait. Until either side has closed its end.
void Plane::listen(const std::shared_ptr<Bell>& bell) {
    bell->async_wait(Bell::wait_read, [bell](const boost::system::error_code& error) {
        if (error || !bell->is_open()) return;
        std::array<char, 4096> rings;
        if (::read(bell->native_handle(), rings.data(), rings.size()) != 0) listen(bell);
    });
}

void Plane::attach(const Attachment& given) {
    const ecs::World& world = *given.world;
    const std::size_t components = world.component_count();
    const std::size_t systems = given.systems.size();

    std::size_t bytes = pages(sizeof(dragoman_view));
    const std::size_t defaults = bytes;
    for (std::size_t id = 0; id < components; ++id)
        bytes += (world.schema(static_cast<ecs::ComponentId>(id)).size + 7U) & ~7U;
    const std::size_t lists = bytes = pages(bytes);
    bytes += systems * sizeof(dragoman_list);
    view_ = SharedFile("view", bytes, SharedFile::For::reading);

    const std::size_t written = DRAGOMAN_CONTROL_BYTES;
    handles_offset_ = written + DRAGOMAN_MOST_COMPONENTS * DRAGOMAN_MOST_TABLES;
    commands_offset_ = pages(handles_offset_ + given.most_handles * sizeof(dragoman_entity));
    command_bytes_ = given.command_bytes;
    lists_offset_ = lists;
    listed_.assign(systems, 0);
    control_ = SharedFile("control", commands_offset_ + pages(command_bytes_), SharedFile::For::writing);
    last_go_ = 0;

    auto& view = *view_.at<dragoman_view>(0);
    view.plane_version = DRAGOMAN_PLANE_VERSION;
    view.components = static_cast<std::uint32_t>(components);
    view.systems = static_cast<std::uint32_t>(systems);
    view.spin_us = given.spin_us;
    view.control_bytes = control_.bytes();
    view.handles = handles_offset_;
    view.most_handles = given.most_handles;
    view.commands = commands_offset_;
    view.command_bytes = command_bytes_;
    view.written = written;

    std::vector<Descriptor> opened;
    std::vector<int> sent;
    const auto show = [&](int descriptor) {
        sent.push_back(opened.emplace_back(for_reading(descriptor)).get());
        return static_cast<std::uint32_t>(sent.size() - 1);
    };
    const auto lend = [&](int descriptor) {
        sent.push_back(descriptor);
        return static_cast<std::uint32_t>(sent.size() - 1);
    };
    show(view_.descriptor());
    lend(control_.descriptor());
    show(world.directory_descriptor());
    show(world.entity_index().descriptor());
    show(world.entity_ids().descriptor());

    staging_.clear();
    staging_.resize(components);
    std::size_t next_default = defaults;
    for (std::size_t i = 0; i < components; ++i) {
        const auto id = static_cast<ecs::ComponentId>(i);
        const ecs::Component& schema = world.schema(id);
        auto& component = view.component[i];
        copy_name(component.name, schema.name);
        component.hash = schema.hash;
        component.id = id;
        component.size = schema.size;
        component.alignment = schema.alignment;
        component.access = given.access[i];
        component.descriptor = component.staging = DRAGOMAN_NONE;
        component.defaults = static_cast<std::uint32_t>(next_default);
        if (schema.size != 0) std::memcpy(view_.data() + next_default, schema.defaults.data(), schema.size);
        next_default += (schema.size + 7U) & ~7U;
        const ecs::Arena* const arena = world.arena(id);
        if (arena == nullptr || component.access == DRAGOMAN_ACCESS_NONE) continue;
        switch (given.access[i]) {
            case DRAGOMAN_ACCESS_WRITE:
            case DRAGOMAN_ACCESS_REPLACE:
                component.descriptor = lend(arena->descriptor());
                break;
            case DRAGOMAN_ACCESS_STAGED:
                staging_[i] = SharedFile(schema.name + "-staging", std::max<std::size_t>(arena->file_bytes(), page) * 4,
                                         SharedFile::For::writing);
                component.descriptor = show(arena->descriptor());
                component.staging = lend(staging_[i].descriptor());
                break;
            default:
                component.descriptor = show(arena->descriptor());
                break;
        }
    }
    for (std::size_t i = 0; i < systems; ++i) {
        const PlaneSystem& from = given.systems[i];
        auto& system = view.system[i];
        copy_name(system.name, from.name);
        system.list = static_cast<std::uint32_t>(lists + i * sizeof(dragoman_list));
        system.changed = static_cast<std::uint32_t>(from.changed.size());
        std::copy(from.changed.begin(), from.changed.end(), std::begin(system.changed_ids));
        std::copy(from.access.begin(), from.access.end(), std::begin(system.access));
        list_new_tables(i, *from.query);
    }
    send(sent);
}

void Plane::send(std::span<const int> descriptors) {
    if (descriptors.size() > most_sent)
        throw LaunchError("a script may map " + std::to_string(most_sent - DRAGOMAN_FIRST_ARENA) +
                          " components; its systems name " + std::to_string(descriptors.size() - DRAGOMAN_FIRST_ARENA));
    alignas(cmsghdr) char space[CMSG_SPACE(sizeof(int) * most_sent)] = {};
    auto count = static_cast<std::uint32_t>(descriptors.size());
    iovec part{&count, sizeof count};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = space;
    message.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
    cmsghdr* const head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(descriptors.size_bytes());
    std::memcpy(CMSG_DATA(head), descriptors.data(), descriptors.size_bytes());
    if (sendmsg(socket_.get(), &message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 && errno != EPIPE && errno != ECONNRESET)
        throw LaunchError("sending the data plane's descriptors failed: " + std::generic_category().message(errno));
}

void Plane::list_new_tables(std::size_t system, const ecs::Query& query) {
    const auto tables = query.tables();
    if (listed_[system] == tables.size()) return;
    auto& list = *view_.at<dragoman_list>(lists_offset_ + system * sizeof(dragoman_list));
    for (std::size_t i = std::min(listed_[system], tables.size()); i < tables.size(); ++i)
        list.tables[i] = tables[i]->id();
    listed_[system] = tables.size();
    list.count = static_cast<std::uint32_t>(tables.size());
}

void Plane::go(const Run& run, bool rings) {
    dragoman_control& control = *this->control();
    control.system = run.system;
    control.tick = run.tick;
    control.dt = run.dt;
    control.since = run.since;
    control.handles_ready = run.handles;
    // Nothing is written to the script's line, which would travel to this core and back.
    __atomic_store_n(&control.go, ++last_go_, __ATOMIC_SEQ_CST);
    if (rings && __atomic_load_n(&control.script_sleeps, __ATOMIC_SEQ_CST) != 0) ring(go_bell_.get());
}

void Plane::give_handles(std::span<const ecs::Entity> handles) {
    if (!handles.empty()) std::memcpy(control_.data() + handles_offset_, handles.data(), handles.size_bytes());
}

bool Plane::is_garbled() const {
    const std::uint32_t done = load_done();
    return done != last_go_ && done != last_go_ - 1;
}

std::string Plane::wrote_readonly() const {
    if (!is_attached()) return "";
    const std::uint32_t fault = __atomic_load_n(&control()->fault, __ATOMIC_RELAXED);
    const auto& view = *view_.at<dragoman_view>(0);
    return fault == 0 || fault > view.components ? "" : view.component[fault - 1].name;
}

void Plane::wake() {
    if (!is_attached()) return;
    if (__atomic_load_n(&control()->script_sleeps, __ATOMIC_SEQ_CST) != 0) ring(go_bell_.get());
}

void Plane::broker_sleeps(bool sleeps) {
    if (sleeps_ == sleeps) return;
    sleeps_ = sleeps;
    __atomic_store_n(&control()->broker_sleeps, sleeps ? 1U : 0U, __ATOMIC_SEQ_CST);
}

std::span<const std::byte> Plane::commands() {
    const std::uint64_t bytes = __atomic_load_n(&control()->command_bytes, __ATOMIC_RELAXED);
    if (bytes > command_bytes_)
        throw ecs::Error(ecs::ErrorCode::bad_value, "its commands have " + std::to_string(bytes) +
                                                        " bytes; there is room for " + std::to_string(command_bytes_));
    if (bytes == 0) return {};
    if (copy_.size() < bytes) copy_.resize(std::max<std::size_t>(bytes, copy_.size() * 2));
    std::memcpy(copy_.data(), control_.data() + commands_offset_, bytes);
    return {copy_.data(), bytes};
}

bool Plane::take_mark(ecs::ComponentId component, std::uint32_t table) {
    auto& mark =
        *control_.at<std::uint8_t>(DRAGOMAN_CONTROL_BYTES + component * std::size_t{DRAGOMAN_MOST_TABLES} + table);
    if (mark == 0) return false;
    mark = 0;
    return true;
}

}  // namespace dragoman
