#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/clients/plane/fake_broker_support.hpp"

using namespace dragoman::test;

namespace {

using Numbers = std::vector<std::uint32_t>;

Numbers tables_of(dragoman_plane* plane) {
    Numbers found;
    dragoman_rows rows;
    for (std::uint32_t cursor = 0; dragoman_plane_next(plane, &cursor, &rows) == 1;) found.push_back(rows.table);
    return found;
}

/// What `read` gives, or the error.
std::string column_error(dragoman_plane* plane, std::uint32_t table, std::uint32_t component) {
    dragoman_span span;
    const int result = dragoman_plane_column(plane, table, component, &span);
    if (result == 1) return "no such column";
    return result == 0 ? "a column" : dragoman_plane_error(plane);
}

}  // namespace

TEST_CASE("tables come in the list's order, without those that have no rows") {
    FakeBroker broker({{"A"}, {"B"}}, {{"run", {{"A", DRAGOMAN_ACCESS_READ}}, {2, 0, 1, 3}}});
    broker.add_table({"A"}, 3);
    broker.add_table({"A", "B"}, 0);
    broker.add_table({"A", "B"}, 2);
    broker.add_table({"A"}, 1);
    dragoman_plane* plane = broker.connect();
    CHECK(tables_of(plane).empty());  // no run
    broker.go(0);
    REQUIRE(dragoman_plane_poll(plane) == DRAGOMAN_WAIT_RUN);
    CHECK(tables_of(plane) == Numbers{2, 0, 3});
    dragoman_rows rows;
    std::uint32_t cursor = 0;
    REQUIRE(dragoman_plane_next(plane, &cursor, &rows) == 1);
    CHECK(rows.rows == 2);
    CHECK(rows.entities[1].index == broker.entity(2, 1).index);
    dragoman_plane_close(plane);
}

TEST_CASE("a system that asks for changes is shown the tables where one of them is newer") {
    FakeBroker broker({{"A"}, {"B"}}, {{"run", {{"A", DRAGOMAN_ACCESS_WRITE}}, {0, 1, 2}, {"A", "B"}}});
    for (int i = 0; i < 2; ++i) broker.add_table({"A", "B"}, 4);
    broker.add_table({"A"}, 4);
    dragoman_plane* plane = broker.connect();
    broker.control().since = 10;
    broker.column("B", 1).version = 11;
    broker.column("A", 2).version = 10;
    broker.go(0);
    REQUIRE(dragoman_plane_poll(plane) == DRAGOMAN_WAIT_RUN);
    CHECK(tables_of(plane) == Numbers{1});

    dragoman_span span;
    REQUIRE(dragoman_plane_column(plane, 1, 0, &span) == 0);
    CHECK(span.writable == 1);
    REQUIRE(dragoman_plane_column(plane, 0, 0, &span) == 0);
    CHECK(span.writable == 0);  // it was not shown: the broker would not take what is written
    dragoman_plane_close(plane);
}

TEST_CASE("columns by access") {
    FakeBroker broker({{"Read"}, {"Write"}, {"Replace", 12}, {"Staged", 8}, {"Tag", 0}, {"None"}},
                      {{"all",
                        {{"Read", DRAGOMAN_ACCESS_READ},
                         {"Write", DRAGOMAN_ACCESS_WRITE},
                         {"Replace", DRAGOMAN_ACCESS_REPLACE},
                         {"Staged", DRAGOMAN_ACCESS_STAGED},
                         {"Tag", DRAGOMAN_ACCESS_READ}},
                        {0, 1}},
                       {"reads", {{"Write", DRAGOMAN_ACCESS_READ}, {"Replace", DRAGOMAN_ACCESS_READ}}, {0}}});
    broker.add_table({"Read", "Write", "Replace", "Staged", "Tag", "None"}, 5);
    broker.add_table({"Read"}, 5);
    broker.add_table({"Replace", "Staged"}, 5);
    dragoman_plane* plane = broker.connect();
    CHECK(column_error(plane, 0, 0) == "the world can only be reached while one of the script's systems runs");
    broker.go(0);
    REQUIRE(dragoman_plane_poll(plane) == DRAGOMAN_WAIT_RUN);
    dragoman_span span;

    SUBCASE("read and write are one buffer") {
        for (const std::string name : {"Read", "Write"}) {
            REQUIRE(dragoman_plane_column(plane, 0, broker.id(name), &span) == 0);
            CHECK(static_cast<std::uint32_t*>(span.data)[4] == 4);
            CHECK(span.previous == nullptr);
            CHECK(span.fresh == nullptr);
            CHECK(span.rows == 5);
            CHECK(span.stride == 4);
            CHECK(span.writable == (name == "Write"));
            CHECK(span.component == broker.id(name));
            dragoman_span_prepare(&span);
        }
        static_cast<std::uint32_t*>(span.data)[4] = 77;
        CHECK(reinterpret_cast<std::uint32_t*>(broker.front("Write", 0))[4] == 77);
    }
    SUBCASE("replace and staged are two, and prepare fills the second") {
        for (const std::string name : {"Replace", "Staged"}) {
            REQUIRE(dragoman_plane_column(plane, 0, broker.id(name), &span) == 0);
            REQUIRE(span.fresh != nullptr);
            CHECK(*span.fresh == 0);
            CHECK(static_cast<const std::uint32_t*>(span.previous)[span.stride / 4 * 4] == 4);
            CHECK(static_cast<std::uint32_t*>(span.data)[span.stride / 4 * 4] == 0);
            auto field = span;  // a view of the last number of each row
            field.offset = span.stride - 4;
            field.data = static_cast<char*>(span.data) + field.offset;
            field.previous = static_cast<const char*>(span.previous) + field.offset;
            dragoman_span_prepare(&field);
            CHECK(static_cast<std::uint32_t*>(span.data)[span.stride / 4 * 4] == 4);
            CHECK(broker.mark(name, 0) == 1);
            static_cast<std::uint32_t*>(span.data)[0] = 9;
            dragoman_span_prepare(&span);
            CHECK(static_cast<std::uint32_t*>(span.data)[0] == 9);
        }
        CHECK(reinterpret_cast<std::uint32_t*>(broker.back("Replace", 0))[0] == 9);
        CHECK(reinterpret_cast<std::uint32_t*>(broker.staging[3]->data() + broker.column("Staged", 0).front)[0] == 9);
        CHECK(reinterpret_cast<std::uint32_t*>(broker.front("Replace", 0))[0] == 0);
    }
    SUBCASE("what is not there, or not declared") {
        CHECK(column_error(plane, 0, broker.id("Tag")) == "a column");
        CHECK(column_error(plane, 1, broker.id("Write")) == "no such column");
        CHECK(column_error(plane, 0, broker.id("None")) == "system all declares no access to None");
        CHECK(column_error(plane, 0, 17) == "there is no component with the number 17");
        CHECK(column_error(plane, 9, 0) == "there is no table 9");
        CHECK(dragoman_plane_find_component(plane, "Replace") == 2);
        CHECK(dragoman_plane_find_component(plane, "Repla") == DRAGOMAN_NONE);
    }
    SUBCASE("a table of somebody else's can be read, not written") {
        for (const std::string name : {"Replace", "Staged"}) {
            REQUIRE(dragoman_plane_column(plane, 2, broker.id(name), &span) == 0);
            CHECK(span.writable == 0);
            CHECK(span.fresh == nullptr);
            CHECK(static_cast<std::uint32_t*>(span.data)[span.stride / 4 * 4] == 4);
        }
    }
    SUBCASE("another system of the same script has its own rights") {
        dragoman_plane_done(plane);
        broker.go(1);
        REQUIRE(dragoman_plane_poll(plane) == DRAGOMAN_WAIT_RUN);
        REQUIRE(dragoman_plane_column(plane, 0, broker.id("Replace"), &span) == 0);
        CHECK(span.writable == 0);
        CHECK(static_cast<std::uint32_t*>(span.data)[3] == 1);
        CHECK(column_error(plane, 0, broker.id("Staged")) == "system reads declares no access to Staged");
    }
    dragoman_plane_close(plane);
}
