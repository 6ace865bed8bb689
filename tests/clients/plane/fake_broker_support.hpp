#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "clients/plane/plane.h"

namespace dragoman::test {

/// A memfd, mapped to be written.
class Page {
public:
    Page(const std::string& name, std::size_t bytes);
    ~Page();
    Page(const Page&) = delete;
    Page& operator=(const Page&) = delete;

    int descriptor() const { return descriptor_; }
    std::size_t bytes() const { return bytes_; }
    unsigned char* data() const { return data_; }
    template <class T>
    T* at(std::size_t offset) const {
        return reinterpret_cast<T*>(data_ + offset);
    }
    void grow(std::size_t bytes);

private:
    int descriptor_;
    std::size_t bytes_;
    unsigned char* data_ = nullptr;
};

struct FakeComponent {
    std::string name;
    std::uint32_t size = 4;
    std::vector<unsigned char> defaults = {};  // else zeros
};

struct FakeSystem {
    std::string name;
    std::map<std::string, dragoman_access> access;
    std::vector<std::uint32_t> tables = {};
    std::vector<std::string> changed = {};
};

struct FakeOptions {
    std::uint32_t spin_us = 0;
    std::uint64_t command_bytes = 1 << 16;
    std::uint64_t most_handles = 1024;
};

/// The broker's half of the plane, filled in by hand.
class FakeBroker {
public:
    using Options = FakeOptions;
    FakeBroker(std::vector<FakeComponent> components, const std::vector<FakeSystem>& systems, FakeOptions options = {});
    ~FakeBroker();
    FakeBroker(const FakeBroker&) = delete;

    /// DRAGOMAN_PLANE, with copies of its ends.
    void set_variable() const;
    /// Opened and attached; the caller closes it.
    dragoman_plane* connect();
    void send_descriptors() const;

    std::uint32_t id(const std::string& component) const;
    /// With `rows` new entities; column values are i, i+1, ... in their first four bytes.
    std::uint32_t add_table(const std::vector<std::string>& components, std::uint32_t rows);
    dragoman_entity entity(std::uint32_t table, std::uint32_t row) const;
    unsigned char* front(const std::string& component, std::uint32_t table) const;
    unsigned char* back(const std::string& component, std::uint32_t table) const;
    std::uint8_t& mark(const std::string& component, std::uint32_t table) const;

    dragoman_control& control() const { return *control_page.at<dragoman_control>(0); }
    dragoman_directory& directory() const { return *directory_page.at<dragoman_directory>(0); }
    dragoman_view& view() const { return *view_page.at<dragoman_view>(0); }
    dragoman_table& table(std::uint32_t id) const;
    dragoman_column& column(const std::string& component, std::uint32_t table) const;
    dragoman_list& list(std::uint32_t system) const;
    const dragoman_entity* handles() const;

    /// Bumps `go`, and rings where the script sleeps.
    void go(std::uint32_t system, std::uint64_t creates = 0);
    bool is_done() const;
    /// Rings without a run: there are lines.
    void ring() const;
    /// Sleeps on `done`; false after so long.
    bool sleep_until_done(int milliseconds);

    Page view_page, control_page, directory_page, index_page, ids_page;
    std::vector<Page*> arenas, staging;
    int conversation[2];  // the script's end is [0]

private:
    void fill_view(const std::vector<FakeSystem>& systems, const FakeOptions& options);
    std::uint64_t take(std::size_t component, std::uint64_t bytes);

    std::vector<FakeComponent> components_;
    std::vector<std::uint64_t> used_;
    std::uint64_t used_ids_ = 0;
    std::uint32_t next_index_ = 0;
    int socket_[2];
    int go_bell_, done_bell_;
};

}  // namespace dragoman::test
