#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

#include "tests/clients/plane/kernels_support.hpp"

using namespace dragoman::test;

namespace {

struct Free {
    void operator()(dragoman_grid* grid) const { dragoman_grid_free(grid); }
};
using Grid = std::unique_ptr<dragoman_grid, Free>;
Grid new_grid() { return Grid(dragoman_grid_new()); }

template <class T>
T square_distance(Column<T>& points, std::size_t a, std::size_t b, std::size_t lanes) {
    T square = 0;
    for (std::size_t lane = 0; lane < lanes; ++lane) {
        const T offset = points.at(b, lane) - points.at(a, lane);
        square = square + rounded(offset * offset);
    }
    return square;
}

/// All neighbours, as a look at every pair finds them, in row order.
template <class T>
std::vector<std::uint32_t> neighbours(Column<T>& points, std::size_t of, std::size_t rows, std::size_t lanes,
                                      T radius) {
    std::vector<std::uint32_t> found;
    for (std::size_t other = 0; other < rows; ++other) {
        if (other == of || !(square_distance(points, of, other, lanes) < radius * radius)) continue;
        found.push_back(static_cast<std::uint32_t>(other));
    }
    return found;
}

/// The neighbours in the grid's own order: near() without the point itself.
template <class T>
std::vector<std::uint32_t> ordered(const Grid& grid, Column<T>& points, std::size_t of, std::size_t lanes,
                                   double radius) {
    double point[3] = {};
    for (std::size_t lane = 0; lane < lanes; ++lane) point[lane] = static_cast<double>(points.at(of, lane));
    std::vector<std::uint32_t> found(dragoman_grid_near(grid.get(), point, radius, nullptr, 0));
    REQUIRE(dragoman_grid_near(grid.get(), point, radius, found.data(), found.size()) == found.size());
    found.erase(std::remove(found.begin(), found.end(), of), found.end());
    return found;
}

template <class T>
T running_sums(const std::vector<T>& numbers) {
    T sums[8] = {};
    for (std::size_t i = 0; i < numbers.size(); ++i) sums[i % 8] += numbers[i];
    T all = sums[0];
    for (std::size_t i = 1; i < 8; ++i) all += sums[i];
    return all;
}

/// Points, and how large a cell and a radius are.
template <class F>
void in_all_swarms(F body) {
    for (const int loops : {DRAGOMAN_LOOPS_PLAIN, DRAGOMAN_LOOPS_BEST}) {
        dragoman_kernels_use(loops);
        for (const std::size_t rows : {0, 1, 7, 300}) {
            for (const std::uint16_t lanes : {2, 3}) {
                for (const std::uint16_t around : {0, 1}) {
                    for (const auto& [cell, radius] :
                         {std::pair{20.0, 20.0}, {7.0, 40.0}, {90.0, 30.0}, {0.01, 30.0}}) {
                        const Form form{rows, lanes, around, around, around == 1};
                        const std::string name = text(form) + ", cells of " + std::to_string(cell) + ", within " +
                                                 std::to_string(radius) +
                                                 (loops == DRAGOMAN_LOOPS_PLAIN ? ", plain" : "");
                        INFO(name);
                        body(form, cell, radius);
                    }
                }
            }
        }
    }
    dragoman_kernels_use(DRAGOMAN_LOOPS_BEST);
}

/// Some points are nowhere, some at the same place, one is far away.
template <class T>
void disturb(Column<T>& points, std::size_t rows) {
    if (rows < 100) return;
    points.at(3, 0) = std::numeric_limits<T>::quiet_NaN();
    points.at(50, 1) = std::numeric_limits<T>::infinity();
    points.at(60, 0) = T(1e30);
    points.at(61, 1) = T(-1e30);
    for (std::size_t lane = 0; lane < 2; ++lane) points.at(71, lane) = points.at(70, lane);
    points.at(72, 0) = points.at(73, 0);
}

}  // namespace

TEST_CASE_TEMPLATE("the neighbours are those that a look at every pair finds", T, float, double) {
    in_all_swarms([](const Form& form, double cell, double radius) {
        Column<T> points(form);
        disturb(points, form.rows);
        const Grid grid = new_grid();
        REQUIRE(dragoman_grid_build(grid.get(), &points.span, cell) == DRAGOMAN_KERNEL_OK);
        Column<std::uint32_t> counts(form.with_lanes(1));
        REQUIRE(dragoman_grid_sum(grid.get(), radius, 0, nullptr, nullptr, &counts.span) == DRAGOMAN_KERNEL_OK);
        Column<std::int32_t> few(form.with_lanes(1));
        REQUIRE(dragoman_grid_sum(grid.get(), radius, 5, nullptr, nullptr, &few.span) == DRAGOMAN_KERNEL_OK);
        for (std::size_t row = 0; row < form.rows; ++row) {
            const auto expected = neighbours(points, row, form.rows, form.lanes, static_cast<T>(radius));
            REQUIRE(counts.after(row, 0) == expected.size());
            REQUIRE(few.after(row, 0) == std::int32_t(std::min<std::size_t>(5, expected.size())));
            if (!std::isfinite(points.at(row, 0)) || !std::isfinite(points.at(row, 1))) continue;
            auto found = ordered(grid, points, row, form.lanes, radius);
            std::sort(found.begin(), found.end());
            REQUIRE(found == expected);
        }
        CHECK(counts.others_are_kept());
    });
}

TEST_CASE_TEMPLATE("values of neighbours are summed in their order", T, float, double) {
    in_all_swarms([](const Form& form, double cell, double radius) {
        Column<T> points(form);
        disturb(points, form.rows);
        const Grid grid = new_grid();
        REQUIRE(dragoman_grid_build(grid.get(), &points.span, cell) == DRAGOMAN_KERNEL_OK);
        for (const std::uint16_t lanes : {1, 3, 4, 6}) {
            Column<T> values({form.rows, lanes, 0, 1, form.replace});
            Column<T> sums(form.with_lanes(lanes));
            Column<T> few(form.with_lanes(lanes));
            Column<std::uint32_t> counts(form.with_lanes(1));
            REQUIRE(dragoman_grid_sum(grid.get(), radius, 0, &values.span, &sums.span, &counts.span) == 0);
            REQUIRE(dragoman_grid_sum(grid.get(), radius, 9, &values.span, &few.span, nullptr) == 0);
            for (std::size_t row = 0; row < form.rows; ++row) {
                auto order = ordered(grid, points, row, form.lanes, radius);
                REQUIRE(counts.after(row, 0) == order.size());
                for (std::size_t lane = 0; lane < lanes; ++lane) {
                    std::vector<T> theirs;
                    for (const std::uint32_t other : order) theirs.push_back(values.at(other, lane));
                    REQUIRE(sums.after(row, lane) == running_sums(theirs));
                    theirs.resize(std::min<std::size_t>(theirs.size(), 9));
                    REQUIRE(few.after(row, lane) == running_sums(theirs));
                }
            }
            CHECK(sums.others_are_kept());
            // the sums may take the values' place
            REQUIRE(dragoman_grid_sum(grid.get(), radius, 0, &values.span, &values.span, nullptr) == 0);
            CHECK(same(values.results(), sums.results()));
        }
    });
}

TEST_CASE_TEMPLATE("a flock does what its rule says", T, float, double) {
    in_all_swarms([](const Form& form, double cell, double radius) {
        Column<T> points(form);
        disturb(points, form.rows);
        const Grid grid = new_grid();
        REQUIRE(dragoman_grid_build(grid.get(), &points.span, cell) == DRAGOMAN_KERNEL_OK);
        for (const std::uint32_t most : {0, 11}) {
            const dragoman_flock_rules rules{radius, radius / 2, 0.3, 0.2, 4, 0.1, most};
            Column<T> velocity(form);
            Column<T> old({form.rows, form.lanes});
            std::vector<T> expected = velocity.values();
            for (std::size_t row = 0; row < form.rows; ++row) {
                auto order = ordered(grid, points, row, form.lanes, radius);
                if (most != 0 && order.size() > most) order.resize(most);
                if (order.empty()) continue;
                for (std::size_t lane = 0; lane < form.lanes; ++lane) {
                    std::vector<T> velocities, offsets, pushes;
                    for (const std::uint32_t other : order) {
                        const T square = square_distance(points, row, other, form.lanes);
                        const T offset = points.at(other, lane) - points.at(row, lane);
                        velocities.push_back(old.at(other, lane));
                        offsets.push_back(offset);
                        const bool close = square > 0 && square < T(radius / 2 * (radius / 2));
                        pushes.push_back(close ? offset * (T(1) / square) : T(0));
                    }
                    const T count = static_cast<T>(order.size());
                    const T aligned = rounded(T(0.3) * (running_sums(velocities) / count - old.at(row, lane)));
                    const T centred = rounded(T(0.2) * (running_sums(offsets) / count));
                    const T pushed = rounded(T(4) * -running_sums(pushes));
                    T& mine = expected[row * form.lanes + lane];
                    mine = mine + rounded(T(0.1) * (aligned + centred + pushed));
                }
            }
            REQUIRE(dragoman_grid_flock(grid.get(), &velocity.span, &old.span, &rules) == DRAGOMAN_KERNEL_OK);
            CHECK(same(velocity.results(), expected));
            CHECK(velocity.others_are_kept());
        }
    });
}

TEST_CASE("a flock may read the velocities that it writes") {
    for (const bool replace : {false, true}) {
        Column<float> points({500, 3});
        const Grid grid = new_grid();
        REQUIRE(dragoman_grid_build(grid.get(), &points.span, 20) == DRAGOMAN_KERNEL_OK);
        Column<float> velocity({500, 3, 0, 0, replace});
        Column<float> old({500, 3});
        for (std::size_t row = 0; row < 500; ++row) {
            for (std::size_t lane = 0; lane < 3; ++lane) old.at(row, lane) = velocity.at(row, lane);
        }
        Column<float> apart({500, 3});
        REQUIRE(dragoman_copy(&apart.span, &old.span) == DRAGOMAN_KERNEL_OK);
        const dragoman_flock_rules rules{20, 5, 1, 1, 1, 0.1, 0};
        REQUIRE(dragoman_grid_flock(grid.get(), &apart.span, &old.span, &rules) == DRAGOMAN_KERNEL_OK);
        REQUIRE(dragoman_grid_flock(grid.get(), &velocity.span, &velocity.span, &rules) == DRAGOMAN_KERNEL_OK);
        CHECK(same(velocity.results(), apart.results()));
    }
}

TEST_CASE("neighbours come by z, y and x of their cells, then by row; no more are written than there is room for") {
    const Grid grid = new_grid();
    Column<float> points({6, 2});
    const float places[6][2] = {{15, 15}, {5, 15}, {15, 5}, {5, 5}, {6, 6}, {4, 14}};
    for (std::size_t row = 0; row < 6; ++row) {
        for (std::size_t lane = 0; lane < 2; ++lane) points.at(row, lane) = places[row][lane];
    }
    REQUIRE(dragoman_grid_build(grid.get(), &points.span, 10) == DRAGOMAN_KERNEL_OK);
    std::vector<std::uint32_t> rows(6, 99);
    const double middle[2] = {10, 10};
    CHECK(dragoman_grid_near(grid.get(), middle, 100, rows.data(), 6) == 6);
    CHECK(rows == std::vector<std::uint32_t>{3, 4, 5, 2, 1, 0});
    std::fill(rows.begin(), rows.end(), 99);
    CHECK(dragoman_grid_near(grid.get(), middle, 100, rows.data(), 2) == 6);
    CHECK(rows == std::vector<std::uint32_t>{3, 4, 99, 99, 99, 99});
    CHECK(dragoman_grid_near(grid.get(), middle, 0, rows.data(), 6) == 0);
    const double nowhere[2] = {NAN, 10};
    CHECK(dragoman_grid_near(grid.get(), nowhere, 100, rows.data(), 6) == 0);
}

TEST_CASE("a grid is built anew, larger or smaller, of another type, and of nothing") {
    const Grid grid = new_grid();
    const double point[3] = {};
    CHECK(dragoman_grid_near(grid.get(), point, 1e6, nullptr, 0) == 0);
    Column<float> flat({1000, 2});
    Column<double> deep({30, 3});
    Column<double> none({0, 3});
    REQUIRE(dragoman_grid_build(grid.get(), &flat.span, 1) == DRAGOMAN_KERNEL_OK);
    CHECK(dragoman_grid_near(grid.get(), point, 1e6, nullptr, 0) == 1000);
    REQUIRE(dragoman_grid_build(grid.get(), &deep.span, 1) == DRAGOMAN_KERNEL_OK);
    CHECK(dragoman_grid_near(grid.get(), point, 1e6, nullptr, 0) == 30);
    REQUIRE(dragoman_grid_build(grid.get(), &none.span, 1) == DRAGOMAN_KERNEL_OK);
    CHECK(dragoman_grid_near(grid.get(), point, 1e6, nullptr, 0) == 0);
    Column<double> nothing({5, 3});
    for (std::size_t row = 0; row < 5; ++row) nothing.at(row, 2) = NAN;
    REQUIRE(dragoman_grid_build(grid.get(), &nothing.span, 1) == DRAGOMAN_KERNEL_OK);
    Column<std::uint32_t> counts({5, 1});
    REQUIRE(dragoman_grid_sum(grid.get(), 1, 0, nullptr, nullptr, &counts.span) == DRAGOMAN_KERNEL_OK);
    for (std::size_t row = 0; row < 5; ++row) CHECK(counts.after(row, 0) == 0);
}

TEST_CASE("what a grid cannot do is a fault that leaves it as it was") {
    const Grid grid = new_grid();
    Column<float> points({100, 2});
    REQUIRE(dragoman_grid_build(grid.get(), &points.span, 10) == DRAGOMAN_KERNEL_OK);
    CHECK(dragoman_grid_build(grid.get(), &points.span, 0) == DRAGOMAN_KERNEL_ARGUMENT);
    CHECK(dragoman_grid_build(grid.get(), &points.span, NAN) == DRAGOMAN_KERNEL_ARGUMENT);
    CHECK(dragoman_grid_build(grid.get(), &points.span, 1e-320) == DRAGOMAN_KERNEL_ARGUMENT);
    CHECK(dragoman_grid_build(nullptr, &points.span, 1) == DRAGOMAN_KERNEL_ARGUMENT);
    Column<float> line({100, 1});
    CHECK(dragoman_grid_build(grid.get(), &line.span, 1) == DRAGOMAN_KERNEL_LANES);
    Column<std::int32_t> whole({100, 2});
    CHECK(dragoman_grid_build(grid.get(), &whole.span, 1) == DRAGOMAN_KERNEL_TYPES);
    const double middle[2] = {0, 0};
    CHECK(dragoman_grid_near(grid.get(), middle, 1e3, nullptr, 0) == 100);

    Column<float> values({100, 3});
    Column<float> sums({100, 3});
    Column<float> fewer({99, 3});
    Column<double> doubles({100, 3});
    Column<std::uint32_t> counts({100, 1});
    CHECK(dragoman_grid_sum(grid.get(), 1, 0, nullptr, nullptr, nullptr) == DRAGOMAN_KERNEL_ARGUMENT);
    CHECK(dragoman_grid_sum(grid.get(), 1, 0, nullptr, &sums.span, nullptr) == DRAGOMAN_KERNEL_ARGUMENT);
    CHECK(dragoman_grid_sum(grid.get(), -1, 0, &values.span, &sums.span, nullptr) == DRAGOMAN_KERNEL_ARGUMENT);
    CHECK(dragoman_grid_sum(grid.get(), 1e30, 0, &values.span, &sums.span, nullptr) == DRAGOMAN_KERNEL_ARGUMENT);
    CHECK(dragoman_grid_sum(grid.get(), 1, 0, &values.span, &fewer.span, nullptr) == DRAGOMAN_KERNEL_ROWS);
    CHECK(dragoman_grid_sum(grid.get(), 1, 0, &fewer.span, &fewer.span, &counts.span) == DRAGOMAN_KERNEL_ROWS);
    CHECK(dragoman_grid_sum(grid.get(), 1, 0, &doubles.span, &doubles.span, nullptr) == DRAGOMAN_KERNEL_TYPES);
    CHECK(dragoman_grid_sum(grid.get(), 1, 0, nullptr, nullptr, &line.span) == DRAGOMAN_KERNEL_TYPES);
    const dragoman_flock_rules good{10, 5, 1, 1, 1, 0.1, 0};
    CHECK(dragoman_grid_flock(grid.get(), &sums.span, &values.span, &good) == DRAGOMAN_KERNEL_LANES);
    Column<float> velocity({100, 2});
    dragoman_flock_rules bad = good;
    bad.cohesion = NAN;
    CHECK(dragoman_grid_flock(grid.get(), &velocity.span, &points.span, &bad) == DRAGOMAN_KERNEL_ARGUMENT);
    CHECK(dragoman_grid_flock(grid.get(), &velocity.span, &points.span, nullptr) == DRAGOMAN_KERNEL_ARGUMENT);
    CHECK(velocity.nothing_changed());
    CHECK(sums.nothing_changed());
    CHECK(counts.nothing_changed());
}

TEST_CASE("many neighbours are counted as well as few") {
    for (const int loops : {DRAGOMAN_LOOPS_PLAIN, DRAGOMAN_LOOPS_BEST}) {
        dragoman_kernels_use(loops);
        Column<float> points({1000, 3});
        const Grid grid = new_grid();
        REQUIRE(dragoman_grid_build(grid.get(), &points.span, 30) == DRAGOMAN_KERNEL_OK);
        for (const std::uint32_t most : {0U, 1U, 63U, 64U, 65U, 128U, 998U, 999U, 5000U}) {
            Column<std::uint32_t> counts({1000, 1});
            REQUIRE(dragoman_grid_sum(grid.get(), 1e4, most, nullptr, nullptr, &counts.span) == DRAGOMAN_KERNEL_OK);
            for (std::size_t row = 0; row < 1000; ++row) {
                REQUIRE(counts.after(row, 0) == (most == 0 ? 999 : std::min<std::uint32_t>(most, 999)));
            }
        }
    }
}
