// Scalars of any type, moved as they are. See kernels_each.hpp.

struct Moves {
    static void copy(const Shape& shape, uint32_t unit, const Operand& y, const Operand& x) {
        if (y.to == x.from && y.stride == x.stride) return;
        if (shape.dense) {
            if (shape.rows != 0) __builtin_memcpy(y.to, x.from, shape.rows * shape.lanes * unit);
            return;
        }
        by_unit(unit, [&](auto scalar) {
            using U = decltype(scalar);
            each<U>(shape, Operand{y.to, x.from, y.stride}, x, [](U, U theirs) { return theirs; });
        });
    }
    static void fill(const Shape& shape, uint32_t unit, const Operand& y, uint64_t bits) {
        if (unit == handle_unit) {
            const Handle value{static_cast<uint32_t>(bits), static_cast<uint32_t>(bits >> 32)};
            return each<Handle>(shape, Operand{y.to, y.to, y.stride}, [value](Handle) { return value; });
        }
        by_unit(unit, [&](auto scalar) {
            using U = decltype(scalar);
            const U value = static_cast<U>(bits);
            each<U>(shape, Operand{y.to, y.to, y.stride}, [value](U) { return value; });
        });
    }
    static void gather(const Shape& shape, uint32_t unit, const Operand& y, const Operand& x, const Operand& index) {
        by_unit(unit, [&](auto scalar) {
            using U = decltype(scalar);
            by_lanes(shape.lanes, [&](auto lanes) {
                for (size_t row = 0; row < shape.rows; ++row) {
                    const size_t theirs = *at<uint32_t>(index.from, row * index.stride);
                    U* to = at<U>(y.to, row * y.stride);
                    const U* from = at<U>(x.from, theirs * x.stride);
                    for (uint32_t lane = 0; lane < lanes.get(); ++lane) to[lane] = from[lane];
                }
            });
        });
    }
    static void scatter(const Shape& shape, uint32_t unit, const Operand& y, const Operand& x, const Operand& index) {
        by_unit(unit, [&](auto scalar) {
            using U = decltype(scalar);
            by_lanes(shape.lanes, [&](auto lanes) {
                for (size_t row = 0; row < shape.rows; ++row) {
                    const size_t mine = *at<uint32_t>(index.from, row * index.stride);
                    U* to = at<U>(y.to, mine * y.stride);
                    const U* from = at<U>(x.from, row * x.stride);
                    for (uint32_t lane = 0; lane < lanes.get(); ++lane) to[lane] = from[lane];
                }
            });
        });
    }

    template <class U, class L>
    static void select_rows(const Shape& shape, L lanes, const Operand& y, size_t stride_y, const Operand& x,
                            size_t stride_x, const Operand& mask, size_t stride_mask) {
        DRAGOMAN_INDEPENDENT
        for (size_t row = 0; row < shape.rows; ++row) {
            const bool taken = mask.from[row * stride_mask] != 0;
            U* to = at<U>(y.to, row * stride_y);
            const U* from = at<U>(y.from, row * stride_y);
            const U* other = at<U>(x.from, row * stride_x);
            for (uint32_t lane = 0; lane < lanes.get(); ++lane) to[lane] = taken ? other[lane] : from[lane];
        }
    }
    static void select(const Shape& shape, uint32_t unit, const Operand& y, const Operand& x, const Operand& mask) {
        by_unit(unit, [&](auto scalar) {
            using U = decltype(scalar);
            by_lanes(shape.lanes, [&](auto lanes) {
                const size_t whole = lanes.get() * sizeof(U);
                if (shape.dense) return select_rows<U>(shape, lanes, y, whole, x, whole, mask, 1);
                select_rows<U>(shape, lanes, y, y.stride, x, x.stride, mask, mask.stride);
            });
        });
    }

    static uint32_t highest(size_t rows, const Operand& index) {
        uint32_t highest = 0;
        if (index.stride == sizeof(uint32_t)) {
            const uint32_t* numbers = at<uint32_t>(index.from, 0);
            for (size_t row = 0; row < rows; ++row) highest = numbers[row] > highest ? numbers[row] : highest;
            return highest;
        }
        for (size_t row = 0; row < rows; ++row) {
            const uint32_t number = *at<uint32_t>(index.from, row * index.stride);
            highest = number > highest ? number : highest;
        }
        return highest;
    }
    static uint64_t where(size_t rows, const Operand& mask, uint32_t* numbers) {
        uint64_t found = 0;
        for (size_t row = 0; row < rows; ++row) {
            numbers[found] = static_cast<uint32_t>(row);
            found += mask.from[row * mask.stride] != 0 ? 1 : 0;
        }
        return found;
    }
};
