#include <limits>

#include "tests/clients/plane/kernels_support.hpp"

using namespace dragoman::test;

namespace {

Column<std::uint32_t>& with_indices(Column<std::uint32_t>& index, std::size_t rows, std::size_t below) {
    for (std::size_t row = 0; row < rows; ++row) index.at(row, 0) = static_cast<std::uint32_t>(chance()() % below);
    return index;
}

}  // namespace

TEST_CASE_TEMPLATE("any type is copied, filled and selected", T, float, double, std::int8_t, std::uint16_t,
                   std::int32_t, std::uint64_t) {
    in_all_forms([](const Form& form) {
        Column<T> y(form);
        Column<T> x({form.rows, form.lanes, 0, 2});
        REQUIRE(dragoman_copy(&y.span, &x.span) == DRAGOMAN_KERNEL_OK);
        CHECK(same(y.results(), x.values()));
        CHECK(y.others_are_kept());

        Column<T> filled(form);
        REQUIRE(dragoman_fill(&filled.span, 42) == DRAGOMAN_KERNEL_OK);
        CHECK(same(filled.results(), std::vector<T>(form.rows * form.lanes, T(42))));
        CHECK(filled.others_are_kept());

        Column<T> chosen(form);
        Column<std::uint8_t> mask({form.rows, 1, form.before});
        for (std::size_t row = 0; row < form.rows; ++row)
            mask.at(row, 0) = row % 3 == 0 ? 0 : static_cast<std::uint8_t>(row % 5);
        std::vector<T> expected = chosen.values();
        const std::vector<T> others = x.values();
        for (std::size_t i = 0; i < expected.size(); ++i) {
            if (mask.at(i / form.lanes, 0) != 0) expected[i] = others[i];
        }
        REQUIRE(dragoman_select(&chosen.span, &x.span, &mask.span) == DRAGOMAN_KERNEL_OK);
        CHECK(same(chosen.results(), expected));
        CHECK(chosen.others_are_kept());
    });
}

TEST_CASE_TEMPLATE("rows are gathered and scattered by index", T, float, double, std::uint8_t, std::int16_t) {
    in_all_forms([](const Form& form) {
        Column<T> x({50, form.lanes, form.before, 0, form.replace});
        Column<std::uint32_t> from({form.rows, 1, form.behind});
        with_indices(from, form.rows, 50);
        Column<T> y(form);
        REQUIRE(dragoman_gather(&y.span, &x.span, &from.span) == DRAGOMAN_KERNEL_OK);
        bool right = true;
        for (std::size_t row = 0; row < form.rows; ++row) {
            for (std::size_t lane = 0; lane < form.lanes; ++lane) {
                right = right && y.after(row, lane) == x.at(from.at(row, 0), lane);
            }
        }
        CHECK(right);
        CHECK(y.others_are_kept());

        if (form.rows == 0) return;
        Column<T> target(form);
        Column<T> some({50, form.lanes, form.before, 0, form.replace});
        Column<std::uint32_t> to({50, 1, form.behind});
        with_indices(to, 50, form.rows);
        std::vector<T> expected = target.values();
        for (std::size_t row = 0; row < 50; ++row) {
            for (std::size_t lane = 0; lane < form.lanes; ++lane) {
                expected[to.at(row, 0) * form.lanes + lane] = some.at(row, lane);
            }
        }
        REQUIRE(dragoman_scatter(&target.span, &some.span, &to.span) == DRAGOMAN_KERNEL_OK);
        CHECK(same(target.results(), expected));
        CHECK(target.others_are_kept());
    });
}

TEST_CASE("an index past the last row is a fault before anything is moved") {
    Column<float> y({8, 3});
    Column<float> x({8, 3});
    Column<std::uint32_t> index({8, 1});
    with_indices(index, 8, 8).at(7, 0) = 8;
    CHECK(dragoman_gather(&y.span, &x.span, &index.span) == DRAGOMAN_KERNEL_INDEX);
    CHECK(dragoman_scatter(&y.span, &x.span, &index.span) == DRAGOMAN_KERNEL_INDEX);
    index.at(7, 0) = static_cast<std::uint32_t>(-1);
    index.span.type = DRAGOMAN_I32;
    CHECK(dragoman_gather(&y.span, &x.span, &index.span) == DRAGOMAN_KERNEL_INDEX);
    index.span.type = DRAGOMAN_F32;
    CHECK(dragoman_gather(&y.span, &x.span, &index.span) == DRAGOMAN_KERNEL_TYPES);
    index.span.type = DRAGOMAN_U32;
    index.at(7, 0) = 0;
    CHECK(dragoman_gather(&y.span, &y.span, &index.span) == DRAGOMAN_KERNEL_OVERLAP);
    CHECK(y.nothing_changed());
}

TEST_CASE("in the mode replace a column is gathered from itself: sorted in one call") {
    Column<float> y({8, 3, 0, 0, true});
    Column<std::uint32_t> index({8, 1});
    for (std::uint32_t row = 0; row < 8; ++row) index.at(row, 0) = 7 - row;
    const std::vector<float> before = y.values();
    REQUIRE(dragoman_gather(&y.span, &y.span, &index.span) == DRAGOMAN_KERNEL_OK);
    for (std::size_t row = 0; row < 8; ++row) CHECK(y.after(row, 1) == before[(7 - row) * 3 + 1]);
}

TEST_CASE("entities are moved, filled and compared wherever they lie") {
    struct Row {
        float x;
        std::uint32_t index, generation;
    };
    std::vector<Row> rows(20, Row{1, 2, 3});
    rows[5] = {1, 7, 9};
    dragoman_span y{};
    y.data = &rows[0].index;
    y.rows = rows.size();
    y.stride = sizeof(Row);
    y.lanes = 1;
    y.type = DRAGOMAN_ENTITY;
    y.writable = 1;
    Column<std::uint8_t> mask({20, 1}, DRAGOMAN_BOOL);
    REQUIRE(dragoman_compare(&mask.span, &y, DRAGOMAN_EQUAL, 9.0 * 4294967296.0 + 7) == DRAGOMAN_KERNEL_OK);
    for (std::size_t row = 0; row < 20; ++row) CHECK(int(mask.after(row, 0)) == (row == 5 ? 1 : 0));
    REQUIRE(dragoman_fill(&y, 5.0 * 4294967296.0 + 4) == DRAGOMAN_KERNEL_OK);
    for (const Row& row : rows) CHECK((row.x == 1 && row.index == 4 && row.generation == 5));
    std::vector<dragoman_entity> copies(20);
    dragoman_span copy = y;
    copy.data = copies.data();
    copy.stride = sizeof(dragoman_entity);
    REQUIRE(dragoman_copy(&copy, &y) == DRAGOMAN_KERNEL_OK);
    CHECK((copies[19].index == 4 && copies[19].generation == 5));
    CHECK(dragoman_fill(&y, 4503599627370496.0) == DRAGOMAN_KERNEL_ARGUMENT);
}

TEST_CASE("a type is filled only with what it can hold") {
    const auto fill = [](std::uint8_t type, double value) {
        Column<std::uint64_t> y({4, 1});
        y.span.type = type;
        return dragoman_fill(&y.span, value);
    };
    CHECK(fill(DRAGOMAN_BOOL, 1) == DRAGOMAN_KERNEL_OK);
    CHECK(fill(DRAGOMAN_BOOL, 2) == DRAGOMAN_KERNEL_ARGUMENT);
    CHECK(fill(DRAGOMAN_I8, -128) == DRAGOMAN_KERNEL_OK);
    CHECK(fill(DRAGOMAN_I8, 128) == DRAGOMAN_KERNEL_ARGUMENT);
    CHECK(fill(DRAGOMAN_U16, 65535) == DRAGOMAN_KERNEL_OK);
    CHECK(fill(DRAGOMAN_U16, -1) == DRAGOMAN_KERNEL_ARGUMENT);
    CHECK(fill(DRAGOMAN_I32, 0.5) == DRAGOMAN_KERNEL_ARGUMENT);
    CHECK(fill(DRAGOMAN_U32, 4294967295.0) == DRAGOMAN_KERNEL_OK);
    CHECK(fill(DRAGOMAN_U32, 4294967296.0) == DRAGOMAN_KERNEL_ARGUMENT);
    CHECK(fill(DRAGOMAN_I64, -9223372036854775808.0) == DRAGOMAN_KERNEL_OK);
    CHECK(fill(DRAGOMAN_I64, 9223372036854775808.0) == DRAGOMAN_KERNEL_ARGUMENT);
    CHECK(fill(DRAGOMAN_U64, 18446744073709551615.0) == DRAGOMAN_KERNEL_ARGUMENT);
    CHECK(fill(DRAGOMAN_U64, 9223372036854775808.0) == DRAGOMAN_KERNEL_OK);
    CHECK(fill(DRAGOMAN_I32, std::numeric_limits<double>::quiet_NaN()) == DRAGOMAN_KERNEL_ARGUMENT);
    CHECK(fill(DRAGOMAN_F32, std::numeric_limits<double>::quiet_NaN()) == DRAGOMAN_KERNEL_OK);
    CHECK(fill(DRAGOMAN_F32, std::numeric_limits<double>::infinity()) == DRAGOMAN_KERNEL_OK);
    CHECK(fill(DRAGOMAN_F32, 1e300) == DRAGOMAN_KERNEL_ARGUMENT);
    CHECK(fill(DRAGOMAN_F64, 1e300) == DRAGOMAN_KERNEL_OK);
}

TEST_CASE_TEMPLATE("rows are compared with a number, and found again", T, float, double, std::int8_t, std::uint8_t,
                   std::int16_t, std::uint16_t, std::int32_t, std::uint32_t, std::int64_t, std::uint64_t) {
    in_all_forms([](const Form& form) {
        if (form.lanes > 2) return;
        Column<T> x(form.with_lanes(1));
        const double value = form.rows == 0 ? 0.1 : static_cast<double>(x.at(form.rows / 2, 0));
        for (int comparison = DRAGOMAN_LESS; comparison <= DRAGOMAN_NOT_EQUAL; ++comparison) {
            Column<std::uint8_t> mask(form.with_lanes(1), comparison % 2 == 0 ? DRAGOMAN_BOOL : DRAGOMAN_U8);
            REQUIRE(dragoman_compare(&mask.span, &x.span, comparison, value) == DRAGOMAN_KERNEL_OK);
            std::vector<std::uint32_t> expected;
            bool right = true;
            for (std::size_t row = 0; row < form.rows; ++row) {
                const auto one = static_cast<double>(x.at(row, 0));
                const bool all[] = {one<value, one <= value, one> value, one >= value, one == value, one != value};
                right = right && mask.after(row, 0) == (all[comparison] ? 1 : 0);
                if (all[comparison]) expected.push_back(static_cast<std::uint32_t>(row));
            }
            CHECK(right);
            std::vector<std::uint32_t> found(form.rows);
            std::uint64_t count = 77;
            REQUIRE(dragoman_where(&mask.span, found.data(), &count) == DRAGOMAN_KERNEL_OK);
            REQUIRE(count == expected.size());
            found.resize(count);
            CHECK(same(found, expected));
        }
    });
}

TEST_CASE("f32 is compared with the number as f32 has it") {
    Column<float> x({9, 1});
    for (std::size_t row = 0; row < 9; ++row) x.at(row, 0) = 0.1F;
    Column<std::uint8_t> mask({9, 1});
    REQUIRE(dragoman_compare(&mask.span, &x.span, DRAGOMAN_EQUAL, 0.1) == DRAGOMAN_KERNEL_OK);
    for (std::size_t row = 0; row < 9; ++row) CHECK(int(mask.after(row, 0)) == 1);
}
