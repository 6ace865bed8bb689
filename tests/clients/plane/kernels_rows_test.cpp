#include <algorithm>
#include <cmath>
#include <limits>

#include "tests/clients/plane/kernels_support.hpp"

using namespace dragoman::test;

namespace {

template <class T>
T square_sum(const T* numbers, std::size_t lanes) {
    T sum = rounded(numbers[0] * numbers[0]);
    for (std::size_t lane = 1; lane < lanes; ++lane) sum = sum + rounded(numbers[lane] * numbers[lane]);
    return sum;
}

/// As the header says: row r to the running sum r % 8, added from the first to the last.
double running_sums(const std::vector<double>& rows) {
    double sums[8] = {};
    for (std::size_t row = 0; row < rows.size(); ++row) sums[row % 8] += rows[row];
    double all = sums[0];
    for (std::size_t i = 1; i < 8; ++i) all += sums[i];
    return all;
}

}  // namespace

TEST_CASE_TEMPLATE("rows that are too long are shortened", T, float, double) {
    in_all_forms([](const Form& form) {
        Column<T> y(form);
        std::vector<T> expected = y.values();
        for (std::size_t row = 0; row < form.rows; ++row) {
            T* numbers = &expected[row * form.lanes];
            const T length = std::sqrt(square_sum(numbers, form.lanes));
            const T factor = length > 70 ? 70 / length : 1;
            for (std::size_t lane = 0; lane < form.lanes; ++lane) numbers[lane] *= factor;
        }
        REQUIRE(dragoman_limit_length(&y.span, 70) == DRAGOMAN_KERNEL_OK);
        CHECK(same(y.results(), expected));
        CHECK(y.others_are_kept());
    });
}

TEST_CASE("of a row whose square overflows nothing is left, of NaN all") {
    for (const int loops : {DRAGOMAN_LOOPS_PLAIN, DRAGOMAN_LOOPS_BEST}) {
        dragoman_kernels_use(loops);
        Column<float> y({20, 2});
        for (std::size_t row = 0; row < 20; ++row) {
            y.at(row, 0) = row % 2 == 0 ? 1e30F : std::numeric_limits<float>::quiet_NaN();
            y.at(row, 1) = 3;
        }
        REQUIRE(dragoman_limit_length(&y.span, 1) == DRAGOMAN_KERNEL_OK);
        for (std::size_t row = 0; row < 20; ++row) {
            CHECK((row % 2 == 0 ? y.after(row, 0) == 0 : std::isnan(y.after(row, 0))));
            CHECK(y.after(row, 1) == (row % 2 == 0 ? 0 : 3));
        }
    }
}

TEST_CASE_TEMPLATE("distances between rows, and to a point", T, float, double) {
    in_all_forms([](const Form& form) {
        Column<T> a({form.rows, form.lanes, form.behind, form.before, form.replace});
        Column<T> b({form.rows, form.lanes});
        Column<T> between(form.with_lanes(1));
        Column<T> to_point(form.with_lanes(1));
        const double point[6] = {0.1, -2, 3.3, 40, 5, 6};
        REQUIRE(dragoman_distance(&between.span, &a.span, &b.span) == DRAGOMAN_KERNEL_OK);
        REQUIRE(dragoman_distance_to(&to_point.span, &a.span, point) == DRAGOMAN_KERNEL_OK);
        bool right = true;
        for (std::size_t row = 0; row < form.rows; ++row) {
            std::vector<T> differences;
            std::vector<T> others;
            for (std::size_t lane = 0; lane < form.lanes; ++lane) {
                differences.push_back(a.at(row, lane) - b.at(row, lane));
                others.push_back(a.at(row, lane) - static_cast<T>(point[lane]));
            }
            right = right && between.after(row, 0) == std::sqrt(square_sum(differences.data(), form.lanes)) &&
                    to_point.after(row, 0) == std::sqrt(square_sum(others.data(), form.lanes));
        }
        CHECK(right);
        CHECK(between.others_are_kept());
        CHECK(to_point.others_are_kept());
    });
}

TEST_CASE_TEMPLATE("all rows become one, in the order that is promised", T, float, double, std::int8_t, std::uint8_t,
                   std::int16_t, std::uint16_t, std::int32_t, std::uint32_t, std::int64_t, std::uint64_t) {
    in_all_forms([](const Form& form) {
        Column<T> x(form);
        std::vector<double> sums(form.lanes), least(form.lanes), most(form.lanes);
        REQUIRE(dragoman_reduce(&x.span, DRAGOMAN_SUM, sums.data()) == DRAGOMAN_KERNEL_OK);
        REQUIRE(dragoman_reduce(&x.span, DRAGOMAN_MIN, least.data()) == DRAGOMAN_KERNEL_OK);
        REQUIRE(dragoman_reduce(&x.span, DRAGOMAN_MAX, most.data()) == DRAGOMAN_KERNEL_OK);
        for (std::size_t lane = 0; lane < form.lanes; ++lane) {
            std::vector<double> rows;
            for (std::size_t row = 0; row < form.rows; ++row) rows.push_back(static_cast<double>(x.at(row, lane)));
            CHECK(sums[lane] == running_sums(rows));
            const double infinite = std::numeric_limits<double>::infinity();
            CHECK(least[lane] == (rows.empty() ? infinite : *std::min_element(rows.begin(), rows.end())));
            CHECK(most[lane] == (rows.empty() ? -infinite : *std::max_element(rows.begin(), rows.end())));
        }
        CHECK(x.nothing_changed());
    });
}

TEST_CASE("NaN is left out of the least and the most, and spoils a sum") {
    for (const int loops : {DRAGOMAN_LOOPS_PLAIN, DRAGOMAN_LOOPS_BEST}) {
        dragoman_kernels_use(loops);
        Column<float> x({100, 1});
        for (std::size_t row = 0; row < 100; ++row) x.at(row, 0) = row % 7 == 0 ? NAN : static_cast<float>(row);
        double result = 0;
        REQUIRE(dragoman_reduce(&x.span, DRAGOMAN_MIN, &result) == DRAGOMAN_KERNEL_OK);
        CHECK(result == 1);
        REQUIRE(dragoman_reduce(&x.span, DRAGOMAN_MAX, &result) == DRAGOMAN_KERNEL_OK);
        CHECK(result == 99);
        REQUIRE(dragoman_reduce(&x.span, DRAGOMAN_SUM, &result) == DRAGOMAN_KERNEL_OK);
        CHECK(std::isnan(result));
    }
    Column<std::uint64_t> entities({4, 1}, DRAGOMAN_ENTITY);
    double result = 0;
    CHECK(dragoman_reduce(&entities.span, DRAGOMAN_SUM, &result) == DRAGOMAN_KERNEL_TYPES);
}
