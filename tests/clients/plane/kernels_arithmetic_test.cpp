#include <cmath>
#include <limits>

#include "tests/clients/plane/kernels_support.hpp"

using namespace dragoman::test;

namespace {

/// Runs a kernel on a column and compares with a loop over its scalars.
template <class T, class K, class N>
void compare_with_loop(const Form& form, K kernel, N naive) {
    Column<T> y(form);
    Column<T> x({form.rows, form.lanes, 1, 0, form.replace});
    std::vector<T> expected = y.values();
    const std::vector<T> others = x.values();
    for (std::size_t i = 0; i < expected.size(); ++i) expected[i] = naive(expected[i], others[i]);
    REQUIRE(kernel(&y.span, &x.span) == DRAGOMAN_KERNEL_OK);
    CHECK(same(y.results(), expected));
    CHECK(y.others_are_kept());
    CHECK(y.is_fresh() == form.replace);
    CHECK(x.nothing_changed());
}

}  // namespace

TEST_CASE_TEMPLATE("arithmetic does what a loop over all scalars does", T, float, double) {
    using Span = const dragoman_span*;
    in_all_forms([](const Form& form) {
        const T a = T(0.37);
        const T b = T(-1.25);
        compare_with_loop<T>(
            form, [](Span y, Span x) { return dragoman_axpy(y, x, 0.37); },
            [a](T y, T x) { return y + rounded(a * x); });
        compare_with_loop<T>(
            form, [](Span y, Span) { return dragoman_scale(y, 0.37); }, [a](T y, T) { return y * a; });
        compare_with_loop<T>(
            form, [](Span y, Span) { return dragoman_affine(y, 0.37, -1.25); },
            [a, b](T y, T) { return rounded(a * y) + b; });
        compare_with_loop<T>(form, dragoman_add, [](T y, T x) { return y + x; });
        compare_with_loop<T>(form, dragoman_subtract, [](T y, T x) { return y - x; });
        compare_with_loop<T>(form, dragoman_multiply, [](T y, T x) { return y * x; });
        compare_with_loop<T>(form, dragoman_minimum, [](T y, T x) { return x < y ? x : y; });
        compare_with_loop<T>(form, dragoman_maximum, [](T y, T x) { return x > y ? x : y; });
        compare_with_loop<T>(
            form, [](Span y, Span) { return dragoman_clamp(y, -20, 30.5); },
            [](T y, T) { return y < -20       ? T(-20)
                                : y > T(30.5) ? T(30.5)
                                              : y; });
        compare_with_loop<T>(
            form, [](Span y, Span) { return dragoman_wrap(y, -10, 20); },
            [](T y, T) {
                if (y >= -10 && y < 20) return y;
                const T moved = y - rounded(30 * std::floor((y + 10) / 30));
                return moved < -10 || moved >= 20 ? T(-10) : moved;
            });
    });
}

TEST_CASE("whole numbers are added, compared and clamped, and wrap around") {
    using Span = const dragoman_span*;
    using T = std::int32_t;
    const auto around = [](std::int64_t x) { return static_cast<T>(static_cast<std::uint32_t>(x)); };
    in_all_forms([&](const Form& form) {
        compare_with_loop<T>(form, dragoman_add, [&](T y, T x) { return around(std::int64_t(y) + x); });
        compare_with_loop<T>(form, dragoman_subtract, [&](T y, T x) { return around(std::int64_t(y) - x); });
        compare_with_loop<T>(form, dragoman_multiply, [&](T y, T x) { return around(std::int64_t(y) * x); });
        compare_with_loop<T>(form, dragoman_minimum, [](T y, T x) { return x < y ? x : y; });
        compare_with_loop<T>(form, dragoman_maximum, [](T y, T x) { return x > y ? x : y; });
        compare_with_loop<T>(
            form, [](Span y, Span) { return dragoman_clamp(y, -1000.5, 5e8); },
            [](T y, T) { return y < -1000       ? -1000
                                : y > 500000000 ? 500000000
                                                : y; });
    });
    Column<T> y({4, 1});
    CHECK(dragoman_scale(&y.span, 2) == DRAGOMAN_KERNEL_TYPES);
    CHECK(dragoman_clamp(&y.span, -std::numeric_limits<double>::infinity(), 7) == DRAGOMAN_KERNEL_OK);
    for (std::size_t row = 0; row < 4; ++row) CHECK(y.after(row, 0) <= 7);
}

TEST_CASE_TEMPLATE("velocity and position go in one pass", T, float, double) {
    in_all_forms([](const Form& form) {
        Column<T> p(form);
        Column<T> v(form);
        Column<T> a({form.rows, form.lanes});
        const T dt = T(0.1);
        std::vector<T> velocities = v.values();
        std::vector<T> positions = p.values();
        const std::vector<T> accelerations = a.values();
        for (std::size_t i = 0; i < positions.size(); ++i) {
            velocities[i] = velocities[i] + rounded(dt * accelerations[i]);
            positions[i] = positions[i] + rounded(dt * velocities[i]);
        }
        REQUIRE(dragoman_integrate(&p.span, &v.span, &a.span, 0.1) == DRAGOMAN_KERNEL_OK);
        CHECK(same(p.results(), positions));
        CHECK(same(v.results(), velocities));
        CHECK(p.others_are_kept());
        CHECK(v.others_are_kept());
    });
}

TEST_CASE_TEMPLATE("without acceleration only the position is written", T, float, double) {
    in_all_forms([](const Form& form) {
        Column<T> p(form);
        Column<T> v(form);
        v.span.writable = 0;
        std::vector<T> expected = p.values();
        const std::vector<T> velocities = v.values();
        for (std::size_t i = 0; i < expected.size(); ++i) expected[i] = expected[i] + rounded(T(0.1) * velocities[i]);
        REQUIRE(dragoman_integrate(&p.span, &v.span, nullptr, 0.1) == DRAGOMAN_KERNEL_OK);
        CHECK(same(p.results(), expected));
        CHECK(v.nothing_changed());
    });
}

TEST_CASE_TEMPLATE("what leaves the box is put on its border and turned inwards", T, float, double) {
    in_all_forms([](const Form& form) {
        Column<T> p(form);
        Column<T> v(form);
        std::vector<T> positions = p.values();
        std::vector<T> velocities = v.values();
        for (std::size_t i = 0; i < positions.size(); ++i) {
            if (positions[i] < -50) positions[i] = -50, velocities[i] = std::abs(velocities[i]);
            if (positions[i] > 60) positions[i] = 60, velocities[i] = -std::abs(velocities[i]);
        }
        REQUIRE(dragoman_bounce(&p.span, &v.span, -50, 60) == DRAGOMAN_KERNEL_OK);
        CHECK(same(p.results(), positions));
        CHECK(same(v.results(), velocities));
        CHECK(p.others_are_kept());
    });
}

TEST_CASE_TEMPLATE("NaN stays where it is; infinities have their meaning", T, float, double) {
    const T nan = std::numeric_limits<T>::quiet_NaN();
    const T infinite = std::numeric_limits<T>::infinity();
    for (const int loops : {DRAGOMAN_LOOPS_PLAIN, DRAGOMAN_LOOPS_BEST}) {
        dragoman_kernels_use(loops);
        Column<T> y({9, 3});
        for (std::size_t row = 0; row < 9; ++row) {
            y.at(row, 0) = nan;
            y.at(row, 1) = infinite;
            y.at(row, 2) = -infinite;
        }
        REQUIRE(dragoman_clamp(&y.span, -1, 2) == DRAGOMAN_KERNEL_OK);
        for (std::size_t row = 0; row < 9; ++row) {
            CHECK(std::isnan(y.after(row, 0)));
            CHECK(y.after(row, 1) == 2);
            CHECK(y.after(row, 2) == -1);
        }
        Column<T> turning({9, 1});
        for (std::size_t row = 0; row < 9; ++row) turning.at(row, 0) = row % 2 == 0 ? infinite : nan;
        REQUIRE(dragoman_wrap(&turning.span, 0, 1) == DRAGOMAN_KERNEL_OK);
        for (std::size_t row = 0; row < 9; ++row) CHECK(std::isnan(turning.after(row, 0)));
        Column<T> smaller({9, 1});
        Column<T> nothing({9, 1});
        const std::vector<T> before = smaller.values();
        for (std::size_t row = 0; row < 9; ++row) nothing.at(row, 0) = nan;
        REQUIRE(dragoman_minimum(&smaller.span, &nothing.span) == DRAGOMAN_KERNEL_OK);
        CHECK(same(smaller.results(), before));
    }
}

TEST_CASE_TEMPLATE("wrapping ends below the upper border, whatever the rounding", T, float, double) {
    for (const int loops : {DRAGOMAN_LOOPS_PLAIN, DRAGOMAN_LOOPS_BEST}) {
        dragoman_kernels_use(loops);
        Column<T> y({4000, 1});
        const T high = T(0.3);
        for (std::size_t row = 0; row < 4000; ++row) {
            const T near = high * static_cast<T>(row % 100) + T(0.1);
            y.at(row, 0) = row % 3 == 0 ? near : row % 3 == 1 ? std::nextafter(near, T(-1)) : T(-1e30) * any_value<T>();
        }
        REQUIRE(dragoman_wrap(&y.span, 0.1, 0.4) == DRAGOMAN_KERNEL_OK);
        for (std::size_t row = 0; row < 4000; ++row) {
            CHECK(y.after(row, 0) >= T(0.1));
            CHECK(y.after(row, 0) < T(0.4));
        }
    }
}

TEST_CASE("an output may be the very span that is read") {
    in_all_forms([](const Form& form) {
        Column<float> y(form);
        std::vector<float> expected = y.values();
        for (float& one : expected) one = one + one;
        REQUIRE(dragoman_add(&y.span, &y.span) == DRAGOMAN_KERNEL_OK);
        CHECK(same(y.results(), expected));
        CHECK(y.others_are_kept());
    });
}

TEST_CASE("fields of the same rows do not overlap; pieces of them do") {
    for (const bool replace : {false, true}) {
        Column<float> both({100, 2, 0, 0, replace});
        dragoman_span x = both.span;
        x.lanes = 1;
        dragoman_span y = x;
        y.data = static_cast<float*>(y.data) + 1;
        y.offset = sizeof(float);
        if (replace) y.previous = static_cast<const float*>(y.previous) + 1;
        const std::vector<float> before = both.values();
        REQUIRE(dragoman_add(&y, &x) == DRAGOMAN_KERNEL_OK);
        for (std::size_t row = 0; row < 100; ++row) {
            CHECK(both.after(row, 0) == before[row * 2]);
            CHECK(both.after(row, 1) == before[row * 2 + 1] + before[row * 2]);
        }
    }
    Column<float> all({100, 3});
    dragoman_span first = all.span;
    first.lanes = 2;
    dragoman_span second = first;
    second.data = static_cast<float*>(second.data) + 1;
    CHECK(dragoman_add(&first, &second) == DRAGOMAN_KERNEL_OVERLAP);
    CHECK(dragoman_bounce(&first, &second, 0, 1) == DRAGOMAN_KERNEL_OVERLAP);
    CHECK(dragoman_bounce(&first, &first, 0, 1) == DRAGOMAN_KERNEL_OVERLAP);
    dragoman_span later = all.span;
    later.data = static_cast<float*>(later.data) + 3;
    later.rows = 99;
    dragoman_span earlier = all.span;
    earlier.rows = 99;
    CHECK(dragoman_copy(&earlier, &later) == DRAGOMAN_KERNEL_OVERLAP);
    CHECK(all.nothing_changed());
}

TEST_CASE("a fault changes nothing and has a sentence") {
    for (const bool replace : {false, true}) {
        Column<float> y({8, 3, 0, 0, replace});
        Column<float> fewer({7, 3});
        Column<float> narrow({8, 1});
        Column<double> other({8, 3});
        Column<float> x({8, 3});
        CHECK(dragoman_axpy(&y.span, &fewer.span, 1) == DRAGOMAN_KERNEL_ROWS);
        CHECK(dragoman_axpy(&y.span, &narrow.span, 1) == DRAGOMAN_KERNEL_LANES);
        CHECK(dragoman_axpy(&y.span, &other.span, 1) == DRAGOMAN_KERNEL_TYPES);
        CHECK(dragoman_axpy(&y.span, &x.span, NAN) == DRAGOMAN_KERNEL_ARGUMENT);
        CHECK(dragoman_axpy(&y.span, &x.span, 1e300) == DRAGOMAN_KERNEL_ARGUMENT);
        CHECK(dragoman_axpy(&y.span, nullptr, 1) == DRAGOMAN_KERNEL_ARGUMENT);
        CHECK(dragoman_clamp(&y.span, 2, 1) == DRAGOMAN_KERNEL_ARGUMENT);
        CHECK(dragoman_clamp(&y.span, NAN, 1) == DRAGOMAN_KERNEL_ARGUMENT);
        CHECK(dragoman_wrap(&y.span, 1, 1) == DRAGOMAN_KERNEL_ARGUMENT);
        CHECK(dragoman_wrap(&y.span, -3e38, 3e38) == DRAGOMAN_KERNEL_ARGUMENT);
        CHECK(dragoman_bounce(&y.span, &x.span, 2, 1) == DRAGOMAN_KERNEL_ARGUMENT);
        CHECK(dragoman_limit_length(&y.span, -1) == DRAGOMAN_KERNEL_ARGUMENT);
        y.span.writable = 0;
        CHECK(dragoman_scale(&y.span, 2) == DRAGOMAN_KERNEL_READONLY);
        y.span.writable = 1;
        y.span.type = 77;
        CHECK(dragoman_scale(&y.span, 2) == DRAGOMAN_KERNEL_TYPES);
        y.span.type = DRAGOMAN_F32;
        y.span.lanes = 0;
        CHECK(dragoman_scale(&y.span, 2) == DRAGOMAN_KERNEL_LANES);
        y.span.lanes = 3;
        CHECK(y.nothing_changed());
    }
    for (int fault = DRAGOMAN_KERNEL_OK; fault <= DRAGOMAN_KERNEL_OVERLAP; ++fault) {
        CHECK(std::string(dragoman_kernel_fault_text(fault)) != dragoman_kernel_fault_text(-1));
    }
}

TEST_CASE("what was written once in this tick is read from the new buffer") {
    Column<float> y({100, 3, 0, 0, true});
    std::vector<float> expected = y.values();
    for (float& one : expected) one = (one * 2) * 3;
    REQUIRE(dragoman_scale(&y.span, 2) == DRAGOMAN_KERNEL_OK);
    REQUIRE(dragoman_scale(&y.span, 3) == DRAGOMAN_KERNEL_OK);
    CHECK(same(y.results(), expected));
}

TEST_CASE("preparing copies whole rows once, the other fields with them") {
    Column<float> y({10, 1, 1, 1, true});
    dragoman_span_prepare(&y.span);
    CHECK(y.is_fresh());
    CHECK(y.others_are_kept());
    CHECK(same(y.results(), y.values()));
    static_cast<float*>(y.span.data)[0] = 42;
    dragoman_span_prepare(&y.span);
    CHECK(y.after(0, 0) == 42);
}
