#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>

#include "tests/clients/plane/fake_broker_support.hpp"

using namespace dragoman::test;

namespace {

/// What open says to a value of the variable; "opened" where it takes it.
std::string open_with(const char* value) {
    if (value != nullptr)
        setenv(DRAGOMAN_PLANE_VARIABLE, value, 1);
    else
        unsetenv(DRAGOMAN_PLANE_VARIABLE);
    dragoman_plane* plane = dragoman_plane_open();
    CHECK(getenv(DRAGOMAN_PLANE_VARIABLE) == nullptr);
    if (plane == nullptr) return dragoman_plane_error(nullptr);
    dragoman_plane_close(plane);
    return "opened";
}

/// How a child ends that does this: "lived", or the signal.
template <class Act>
std::string fate_of(Act act) {
    const pid_t child = fork();
    if (child == 0) {
        for (const int fatal : {SIGSEGV, SIGBUS}) signal(fatal, SIG_DFL);
        act();
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "lived";
}

std::string attach_error(const FakeBroker& broker) {
    broker.set_variable();
    dragoman_plane* plane = dragoman_plane_open();
    broker.send_descriptors();
    const int attached = dragoman_plane_attach(plane);
    std::string error = attached == 0 ? "attached" : dragoman_plane_error(plane);
    dragoman_plane_close(plane);
    return error;
}

int open_descriptors() {
    int count = 0;
    for (int i = 0; i < 256; ++i) count += fcntl(i, F_GETFD) >= 0;
    return count;
}

}  // namespace

TEST_CASE("the variable names three different open descriptors, and nothing else will do") {
    const int spare = dup(0);
    const int other = dup(0);
    const int third = dup(0);
    const auto a = std::to_string(spare), b = std::to_string(other), c = std::to_string(third);
    const auto not_three = [](const std::string& value) {
        return "DRAGOMAN_PLANE is \"" + value + "\", not three descriptors";
    };
    CHECK(open_with(nullptr) == "the broker gave this script no data plane: DRAGOMAN_PLANE is not set");
    const std::string wrong[] = {
        "",        ",,",     a + "," + b, a + "," + b + "," + c + ",", " 5,6,7",         "5,6,7 ", "5,6,x", "-5,6,7",
        "0x5,6,7", "5, 6,7", "5,6,7,8",   "99999999999,6,7",           "2147483648,6,7", "+5,6,7"};
    for (const std::string& value : wrong) CHECK(open_with(value.c_str()) == not_three(value));
    CHECK(open_with((a + "," + b + "," + a).c_str()) ==
          "DRAGOMAN_PLANE is \"" + a + "," + b + "," + a + "\": the same descriptor twice");
    CHECK(open_with("991,992,993") == "DRAGOMAN_PLANE names descriptor 991: Bad file descriptor");
    CHECK(open_with((a + "," + b + "," + c).c_str()) == "opened");
    CHECK(fcntl(spare, F_GETFD) < 0);
}

TEST_CASE("what is opened is not handed on to programs that the script starts") {
    FakeBroker broker({{"Position"}}, {{"move", {{"Position", DRAGOMAN_ACCESS_READ}}}});
    const int before = open_descriptors();
    dragoman_plane* plane = broker.connect();
    CHECK(open_descriptors() == before + 3);  // mappings need none
    int kept = 0;
    for (int i = 3; i < 256; ++i) kept += fcntl(i, F_GETFD) == 0;
    dragoman_plane_close(plane);
    int kept_without = 0;
    for (int i = 3; i < 256; ++i) kept_without += fcntl(i, F_GETFD) == 0;
    CHECK(kept == kept_without);
    CHECK(open_descriptors() == before);
}

TEST_CASE("a write to what was declared as read ends the script, in each mode") {
    FakeBroker broker({{"Read"}, {"Write"}, {"Replace"}, {"Staged"}, {"None"}}, {{"all",
                                                                                  {{"Read", DRAGOMAN_ACCESS_READ},
                                                                                   {"Write", DRAGOMAN_ACCESS_WRITE},
                                                                                   {"Replace", DRAGOMAN_ACCESS_REPLACE},
                                                                                   {"Staged", DRAGOMAN_ACCESS_STAGED}},
                                                                                  {0}}});
    broker.add_table({"Read", "Write", "Replace", "Staged", "None"}, 10);
    dragoman_plane* plane = broker.connect();
    broker.go(0);
    REQUIRE(dragoman_plane_poll(plane) == DRAGOMAN_WAIT_RUN);
    const auto writes = [&](const char* component, bool previous) {
        dragoman_span span;
        REQUIRE(dragoman_plane_column(plane, 0, broker.id(component), &span) == 0);
        auto* target = static_cast<volatile int*>(previous ? const_cast<void*>(span.previous) : span.data);
        return fate_of([&] { target[3] = 5; });
    };
    CHECK(writes("Read", false) == "Segmentation fault");
    CHECK(writes("Write", false) == "lived");
    CHECK(writes("Replace", false) == "lived");
    CHECK(writes("Staged", false) == "lived");
    CHECK(writes("Staged", true) == "Segmentation fault");

    std::uint32_t count = 0;
    const auto* components = dragoman_plane_components(plane, &count);
    CHECK(count == 5);
    CHECK(components[broker.id("None")].base == nullptr);
    const auto* view = dragoman_plane_view(plane);
    CHECK(fate_of([&] { const_cast<dragoman_view*>(view)->spin_us = 1; }) == "Segmentation fault");
    CHECK(fate_of([&] { const_cast<dragoman_column*>(components[0].columns)->front = 1; }) == "Segmentation fault");
    dragoman_plane_close(plane);
}

TEST_CASE("what does not fit is refused at the attach, and nothing stays open") {
    const auto make = [](auto change) {
        FakeBroker broker({{"Position"}}, {{"move", {{"Position", DRAGOMAN_ACCESS_WRITE}}}});
        change(broker);
        const int before = open_descriptors();
        auto error = attach_error(broker);
        CHECK(open_descriptors() == before);
        return error;
    };
    const std::string unfit = "the broker's view of the world does not fit together";
    CHECK(make([](FakeBroker&) {}) == "attached");
    CHECK(make([](FakeBroker& b) { b.view().plane_version = 2; }) ==
          "the broker's data plane has version 2, this client's 1");
    CHECK(make([](FakeBroker& b) { b.directory().plane_version = 7; }) ==
          "the broker's directory has version 7, this client's 1");
    CHECK(make([](FakeBroker& b) { b.view().components = 257; }) == unfit);
    CHECK(make([](FakeBroker& b) { b.view().systems = 257; }) == unfit);
    CHECK(make([](FakeBroker& b) { b.view().commands += 4; }) == unfit);
    CHECK(make([](FakeBroker& b) { b.view().command_bytes = UINT64_MAX - 8; }) == unfit);
    CHECK(make([](FakeBroker& b) { b.view().written = b.view().control_bytes; }) == unfit);
    CHECK(make([](FakeBroker& b) { b.view().most_handles = UINT64_MAX / 8; }) == unfit);
    CHECK(make([](FakeBroker& b) { b.view().system[0].list = 0xfffffffc; }) == unfit);
    CHECK(make([](FakeBroker& b) { b.view().component[0].defaults = 0xfffffff0; }) == unfit);
    CHECK(make([](FakeBroker& b) { b.view().component[0].id = 3; }) == unfit);
    CHECK(make([](FakeBroker& b) {
              b.view().system[0].changed = 1;
              b.view().system[0].changed_ids[0] = 1;
          }) == unfit);
    CHECK(make([](FakeBroker& b) { b.view().component[0].access = DRAGOMAN_ACCESS_READ; }) ==
          "the broker's view of Position does not fit system move");
    CHECK(make([](FakeBroker& b) { b.view().component[0].descriptor = 9; }) ==
          "the broker sent no descriptor for Position");
    CHECK(make([](FakeBroker& b) { b.view().control_bytes += 1 << 20; }).starts_with("the file of the controls has"));
    CHECK(make([](FakeBroker& b) { b.directory().arena_bytes[0] = 1 << 20; }) ==
          "the file of Position has 65536 bytes, not 1048576");
}

TEST_CASE("a broker that is gone, and too few descriptors, are told") {
    std::string error;
    {
        FakeBroker broker({{"Position"}}, {{"move", {{"Position", DRAGOMAN_ACCESS_READ}}}});
        broker.set_variable();
    }
    dragoman_plane* plane = dragoman_plane_open();
    REQUIRE(plane != nullptr);
    CHECK(dragoman_plane_attach(plane) == -1);
    CHECK(std::string(dragoman_plane_error(plane)) ==
          "cannot receive the world's columns: the broker has closed the plane");
    dragoman_plane_close(plane);

    std::vector<FakeComponent> many;
    FakeSystem system{"all", {}};
    for (int i = 0; i < 80; ++i) {
        many.push_back({"C" + std::to_string(i)});
        system.access[many.back().name] = DRAGOMAN_ACCESS_READ;
    }
    FakeBroker broker(many, {system});
    CHECK(attach_error(broker) == "attached");
    rlimit before{};
    getrlimit(RLIMIT_NOFILE, &before);
    broker.set_variable();
    plane = dragoman_plane_open();
    broker.send_descriptors();
    rlimit low = before;
    low.rlim_cur = 64;
    setrlimit(RLIMIT_NOFILE, &low);
    const int attached = dragoman_plane_attach(plane);
    setrlimit(RLIMIT_NOFILE, &before);
    CHECK(attached == -1);
    CHECK(std::string(dragoman_plane_error(plane)).find("it may have 64 open") != std::string::npos);
    dragoman_plane_close(plane);
}

TEST_CASE("files that grow are mapped anew before the next run") {
    constexpr std::uint32_t size = 1 << 16;
    FakeBroker broker({{"Large", size}, {"Staged", size}},
                      {{"move", {{"Large", DRAGOMAN_ACCESS_WRITE}, {"Staged", DRAGOMAN_ACCESS_STAGED}}, {0, 1}}});
    broker.add_table({"Large"}, 1);
    dragoman_plane* plane = broker.connect();
    std::uint32_t count = 0;
    const auto* components = dragoman_plane_components(plane, &count);
    const auto mapped = components[0].mapped;
    constexpr std::uint32_t rows = 2000;
    REQUIRE(mapped < std::uint64_t{rows} * size);
    const auto large = broker.add_table({"Large", "Staged"}, rows);
    broker.go(0);
    REQUIRE(dragoman_plane_poll(plane) == DRAGOMAN_WAIT_RUN);
    CHECK(components[0].mapped > mapped);

    const auto last = [](const void* data) {
        return reinterpret_cast<std::uint32_t*>(static_cast<char*>(const_cast<void*>(data)) +
                                                std::uint64_t{rows - 1} * size);
    };
    dragoman_span span;
    REQUIRE(dragoman_plane_column(plane, large, 0, &span) == 0);
    CHECK(*last(span.data) == rows - 1);
    *last(span.data) = 5;
    CHECK(*last(broker.front("Large", large)) == 5);
    CHECK(dragoman_plane_alive(plane, broker.entity(large, rows - 1)) == 1);
    // The script's own file cannot grow: the broker attaches again before this is so.
    CHECK(dragoman_plane_column(plane, large, 1, &span) == -1);
    CHECK(std::string(dragoman_plane_error(plane)) == "Staged has outgrown the script's own file for it");
    dragoman_plane_done(plane);

    SUBCASE("and attached anew") {
        broker.staging[1]->grow(broker.arenas[1]->bytes());
        const int before = open_descriptors();
        broker.send_descriptors();
        REQUIRE(dragoman_plane_attach(plane) == 0);
        CHECK(open_descriptors() == before);
        broker.go(0);
        REQUIRE(dragoman_plane_poll(plane) == DRAGOMAN_WAIT_RUN);
        REQUIRE(dragoman_plane_column(plane, large, 0, &span) == 0);
        CHECK(*last(span.data) == 5);
        REQUIRE(dragoman_plane_column(plane, large, 1, &span) == 0);
        CHECK(*last(span.previous) == rows - 1);
    }
    SUBCASE("with the old mappings kept") {
        dragoman_plane_keep_mappings(plane, 1);
        REQUIRE(dragoman_plane_column(plane, large, 0, &span) == -1);  // not in a run
        auto* kept = last(components[0].base + broker.column("Large", large).front);
        const auto larger = broker.add_table({"Large"}, rows * 2);
        broker.list(0).tables[broker.list(0).count++] = larger;
        broker.go(0);
        REQUIRE(dragoman_plane_poll(plane) == DRAGOMAN_WAIT_RUN);
        REQUIRE(dragoman_plane_column(plane, large, 0, &span) == 0);
        REQUIRE(last(span.data) != kept);
        *last(span.data) = 6;
        CHECK(*kept == 6);
    }
    dragoman_plane_close(plane);
}

TEST_CASE("where there is no address space the component is named") {
    FakeBroker broker({{"Position"}}, {{"move", {{"Position", DRAGOMAN_ACCESS_READ}}}});
    const auto refuse = [&] {
        broker.set_variable();
        dragoman_plane* plane = dragoman_plane_open();
        broker.send_descriptors();
        broker.directory().arena_bytes[0] = std::uint64_t{1} << 40;
        broker.arenas[0]->grow(std::uint64_t{1} << 40);
        std::uint64_t pages = 0;
        std::ifstream("/proc/self/statm") >> pages;
        const std::uint64_t most = pages * 4096 + (std::uint64_t{1} << 30);
        const rlimit limit{most, most};
        setrlimit(RLIMIT_AS, &limit);
        const std::string expected = "no address space for Position: 1048576 MiB are wanted, and the script may have " +
                                     std::to_string(most >> 20) + " MiB in all";
        if (dragoman_plane_attach(plane) != -1 || dragoman_plane_error(plane) != expected) raise(SIGUSR1);
    };
    CHECK(fate_of(refuse) == "lived");
}
