#include "tests/clients/plane/fake_broker_support.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

namespace dragoman::test {
namespace {

/// Mapped of each file, so that it can grow.
constexpr std::size_t most_bytes = std::size_t{4} << 30;

constexpr std::uint64_t marks_at = DRAGOMAN_CONTROL_BYTES;
constexpr std::uint64_t handles_at = marks_at + std::uint64_t{DRAGOMAN_MOST_COMPONENTS} * DRAGOMAN_MOST_TABLES;
constexpr std::uint64_t first_arena_bytes = 1 << 16;

std::uint64_t commands_at(const FakeOptions& options) {
    return (handles_at + options.most_handles * sizeof(dragoman_entity) + 4095) / 4096 * 4096;
}

constexpr std::uint64_t defaults_at = (sizeof(dragoman_view) + 4095) / 4096 * 4096;
constexpr std::uint64_t lists_at = defaults_at + 65536;

void write_ring(int bell) {
    const std::uint64_t one = 1;
    if (write(bell, &one, sizeof one) != sizeof one) throw std::runtime_error("no ring");
}

}  // namespace

Page::Page(const std::string& name, std::size_t bytes)
    : descriptor_(memfd_create(name.c_str(), MFD_CLOEXEC)), bytes_(bytes) {
    if (descriptor_ < 0 || ftruncate(descriptor_, static_cast<off_t>(bytes)) != 0) throw std::runtime_error("no memfd");
    void* mapped = mmap(nullptr, most_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor_, 0);
    if (mapped == MAP_FAILED) throw std::runtime_error("no mapping");
    data_ = static_cast<unsigned char*>(mapped);
}

Page::~Page() {
    munmap(data_, most_bytes);
    close(descriptor_);
}

void Page::grow(std::size_t bytes) {
    if (ftruncate(descriptor_, static_cast<off_t>(bytes)) != 0) throw std::runtime_error("no growth");
    bytes_ = bytes;
}

FakeBroker::FakeBroker(std::vector<FakeComponent> components, const std::vector<FakeSystem>& systems,
                       FakeOptions options)
    : view_page("view", lists_at + systems.size() * sizeof(dragoman_list)),
      control_page("control", commands_at(options) + options.command_bytes),
      directory_page("directory", DRAGOMAN_DIRECTORY_BYTES),
      index_page("index", 4096),
      ids_page("ids", 4096),
      components_(std::move(components)),
      used_(components_.size(), 0) {
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, socket_) != 0) throw std::runtime_error("no sockets");
    if (pipe2(conversation, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    go_bell_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    done_bell_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    for (std::size_t i = 0; i < components_.size(); ++i) {
        arenas.push_back(new Page(components_[i].name, first_arena_bytes));
        staging.push_back(new Page(components_[i].name + "-staging", first_arena_bytes * 4));
        directory().arena_bytes[i] = first_arena_bytes;
    }
    directory().plane_version = DRAGOMAN_PLANE_VERSION;
    directory().components = static_cast<std::uint32_t>(components_.size());
    directory().index_bytes = directory().ids_bytes = 4096;
    fill_view(systems, options);
}

FakeBroker::~FakeBroker() {
    for (const Page* page : arenas) delete page;
    for (const Page* page : staging) delete page;
    for (const int descriptor : {socket_[0], socket_[1], conversation[0], conversation[1], go_bell_, done_bell_})
        close(descriptor);
}

void FakeBroker::fill_view(const std::vector<FakeSystem>& systems, const FakeOptions& options) {
    view().plane_version = DRAGOMAN_PLANE_VERSION;
    view().components = static_cast<std::uint32_t>(components_.size());
    view().systems = static_cast<std::uint32_t>(systems.size());
    view().spin_us = options.spin_us;
    view().control_bytes = control_page.bytes();
    view().handles = handles_at;
    view().most_handles = options.most_handles;
    view().commands = commands_at(options);
    view().command_bytes = options.command_bytes;
    view().written = marks_at;
    std::uint32_t defaults = defaults_at;
    std::uint32_t descriptor = DRAGOMAN_FIRST_ARENA;
    for (std::uint32_t i = 0; i < components_.size(); ++i) {
        auto& shown = view().component[i];
        const auto& component = components_[i];
        std::strncpy(shown.name, component.name.c_str(), sizeof shown.name - 1);
        shown.id = i;
        shown.size = component.size;
        shown.alignment = 4;
        shown.defaults = defaults;
        std::copy(component.defaults.begin(), component.defaults.end(), view_page.data() + defaults);
        defaults += (component.size + 7) / 8 * 8;
        shown.descriptor = shown.staging = DRAGOMAN_NONE;
        for (const auto& system : systems)
            if (const auto found = system.access.find(component.name); found != system.access.end())
                shown.access = std::max<std::uint32_t>(shown.access, found->second);
        if (shown.access != DRAGOMAN_ACCESS_NONE && shown.size > 0) shown.descriptor = descriptor++;
        if (shown.access == DRAGOMAN_ACCESS_STAGED && shown.size > 0) shown.staging = descriptor++;
    }
    for (std::uint32_t i = 0; i < systems.size(); ++i) {
        auto& shown = view().system[i];
        std::strncpy(shown.name, systems[i].name.c_str(), sizeof shown.name - 1);
        shown.list = static_cast<std::uint32_t>(lists_at + i * sizeof(dragoman_list));
        for (const auto& [name, access] : systems[i].access) shown.access[id(name)] = access;
        for (const auto& name : systems[i].changed)
            shown.changed_ids[shown.changed++] = static_cast<std::uint16_t>(id(name));
        for (const auto table : systems[i].tables) list(i).tables[list(i).count++] = table;
    }
}

void FakeBroker::set_variable() const {
    const auto copy = [](int descriptor) { return std::to_string(dup(descriptor)); };
    const auto value = copy(socket_[1]) + "," + copy(go_bell_) + "," + copy(done_bell_);
    setenv(DRAGOMAN_PLANE_VARIABLE, value.c_str(), 1);
}

dragoman_plane* FakeBroker::connect() {
    set_variable();
    dragoman_plane* plane = dragoman_plane_open();
    if (plane == nullptr) throw std::runtime_error(dragoman_plane_error(nullptr));
    send_descriptors();
    if (dragoman_plane_attach(plane) != 0) throw std::runtime_error(dragoman_plane_error(plane));
    return plane;
}

void FakeBroker::send_descriptors() const {
    std::vector<int> sent = {view_page.descriptor(), control_page.descriptor(), directory_page.descriptor(),
                             index_page.descriptor(), ids_page.descriptor()};
    std::vector<int> opened;
    for (std::size_t i = 0; i < components_.size(); ++i) {
        const auto& shown = view().component[i];
        if (shown.descriptor == DRAGOMAN_NONE) continue;
        const bool writable = shown.access == DRAGOMAN_ACCESS_WRITE || shown.access == DRAGOMAN_ACCESS_REPLACE;
        const auto path = "/proc/self/fd/" + std::to_string(arenas[i]->descriptor());
        opened.push_back(open(path.c_str(), (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC));
        sent.push_back(opened.back());
        if (shown.staging != DRAGOMAN_NONE) sent.push_back(staging[i]->descriptor());
    }
    std::vector<char> space(CMSG_SPACE(sizeof(int) * sent.size()));
    std::uint32_t count = static_cast<std::uint32_t>(sent.size());
    iovec part{&count, sizeof count};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = space.data();
    message.msg_controllen = space.size();
    cmsghdr* head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof(int) * sent.size());
    std::memcpy(CMSG_DATA(head), sent.data(), sizeof(int) * sent.size());
    if (sendmsg(socket_[0], &message, 0) < 0) throw std::runtime_error("descriptors not sent");
    for (const int descriptor : opened) close(descriptor);
}

std::uint32_t FakeBroker::id(const std::string& component) const {
    for (std::uint32_t i = 0; i < components_.size(); ++i)
        if (components_[i].name == component) return i;
    throw std::runtime_error("no " + component);
}

std::uint64_t FakeBroker::take(std::size_t component, std::uint64_t bytes) {
    const auto offset = used_[component];
    used_[component] += (bytes + 63) / 64 * 64;
    if (used_[component] > arenas[component]->bytes()) {
        arenas[component]->grow((used_[component] * 2 + 4095) / 4096 * 4096);
        directory().arena_bytes[component] = arenas[component]->bytes();
    }
    return offset;
}

std::uint32_t FakeBroker::add_table(const std::vector<std::string>& components, std::uint32_t rows) {
    const auto number = directory().tables++;
    table(number) = {rows, 0, used_ids_};
    for (const auto& component : components_)
        column(component.name, number) = {DRAGOMAN_NOWHERE, DRAGOMAN_NOWHERE, 0, 0};
    const auto needed_ids = used_ids_ + rows * sizeof(dragoman_entity);
    const auto needed_index = (next_index_ + rows + 1) * sizeof(dragoman_slot);
    if (needed_ids > ids_page.bytes()) ids_page.grow((needed_ids * 2 + 4095) / 4096 * 4096);
    if (needed_index > index_page.bytes()) index_page.grow((needed_index * 2 + 4095) / 4096 * 4096);
    directory().ids_bytes = ids_page.bytes();
    directory().index_bytes = index_page.bytes();
    for (std::uint32_t row = 0; row < rows; ++row) {
        const auto index = next_index_++;
        index_page.at<dragoman_slot>(0)[index] = {number, row, 1, 0};
        ids_page.at<dragoman_entity>(used_ids_)[row] = {index, 1};
    }
    used_ids_ = needed_ids;
    for (const auto& name : components) {
        const auto component = id(name);
        const std::uint64_t size = components_[component].size;
        auto& placed = column(name, number);
        placed = {take(component, size * rows), DRAGOMAN_NOWHERE, 1, 0};
        placed.back = take(component, size * rows);
        for (std::uint32_t row = 0; row < rows && size >= 4; ++row)
            std::memcpy(front(name, number) + row * size, &row, sizeof row);
    }
    return number;
}

dragoman_entity FakeBroker::entity(std::uint32_t table_id, std::uint32_t row) const {
    return ids_page.at<dragoman_entity>(table(table_id).entities)[row];
}

unsigned char* FakeBroker::front(const std::string& component, std::uint32_t table_id) const {
    return arenas[id(component)]->data() + column(component, table_id).front;
}

unsigned char* FakeBroker::back(const std::string& component, std::uint32_t table_id) const {
    return arenas[id(component)]->data() + column(component, table_id).back;
}

std::uint8_t& FakeBroker::mark(const std::string& component, std::uint32_t table_id) const {
    return *control_page.at<std::uint8_t>(marks_at + std::uint64_t{id(component)} * DRAGOMAN_MOST_TABLES + table_id);
}

dragoman_table& FakeBroker::table(std::uint32_t number) const {
    return directory_page.at<dragoman_table>(DRAGOMAN_TABLES_OFFSET)[number];
}

dragoman_column& FakeBroker::column(const std::string& component, std::uint32_t table_id) const {
    const auto number = std::uint64_t{id(component)} * DRAGOMAN_MOST_TABLES + table_id;
    return directory_page.at<dragoman_column>(DRAGOMAN_COLUMNS_OFFSET)[number];
}

dragoman_list& FakeBroker::list(std::uint32_t system) const {
    return *view_page.at<dragoman_list>(lists_at + system * sizeof(dragoman_list));
}

const dragoman_entity* FakeBroker::handles() const { return control_page.at<dragoman_entity>(handles_at); }

/// Handles above all of the world's, and given anew in each run, as if the last ones had been used.
void FakeBroker::go(std::uint32_t system, std::uint64_t creates) {
    for (std::uint64_t i = 0; i < creates; ++i)
        control_page.at<dragoman_entity>(handles_at)[i] = {static_cast<std::uint32_t>(1000000 + i * 7),
                                                           control().go + 1};
    control().system = system;
    control().tick += 1;
    control().handles_ready = creates;
    control().command_bytes = control().handles_used = 0;
    __atomic_store_n(&control().go, control().go + 1, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&control().script_sleeps, __ATOMIC_SEQ_CST) != 0) ring();
}

bool FakeBroker::is_done() const { return __atomic_load_n(&control().done, __ATOMIC_SEQ_CST) == control().go; }

void FakeBroker::ring() const { write_ring(go_bell_); }

bool FakeBroker::sleep_until_done(int milliseconds) {
    __atomic_store_n(&control().broker_sleeps, 1, __ATOMIC_SEQ_CST);
    while (!is_done()) {
        pollfd bell{done_bell_, POLLIN, 0};
        if (poll(&bell, 1, milliseconds) == 0) return false;
        std::uint64_t rings = 0;
        if (read(done_bell_, &rings, sizeof rings) < 0) continue;
    }
    __atomic_store_n(&control().broker_sleeps, 0, __ATOMIC_SEQ_CST);
    return true;
}

}  // namespace dragoman::test
