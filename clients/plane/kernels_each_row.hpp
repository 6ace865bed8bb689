// Whole rows: lengths and comparisons. See kernels_each.hpp.

template <class T>
struct Lengths {
    static T root(T x) {
        if constexpr (sizeof(T) == 4) return __builtin_sqrtf(x);
        return __builtin_sqrt(x);
    }
    static T largest() { return sizeof(T) == 4 ? T(__FLT_MAX__) : T(__DBL_MAX__); }

    static constexpr size_t rows_at_once = 64;

    /// What to multiply each row with; 0 also where its square overflows.
    template <class L>
    static void factors_of(size_t rows, L lanes, const unsigned char* from, size_t stride, T longest, T* factors) {
        for (size_t row = 0; row < rows; ++row) {
            const T* scalars = at<T>(from, row * stride);
            T square = scalars[0] * scalars[0];
            for (uint32_t lane = 1; lane < lanes.get(); ++lane) square = square + scalars[lane] * scalars[lane];
            const T length = root(square);
            const T shorter = longest / length;
            const T some = length > longest ? shorter : T(1);
            factors[row] = length > largest() ? T(0) : some;
        }
    }
    template <class L>
    static void limit(size_t rows, L lanes, const Operand& y, size_t stride, T longest) {
        T factors[rows_at_once];
        for (size_t first = 0; first < rows; first += rows_at_once) {
            const size_t some = rows - first < rows_at_once ? rows - first : rows_at_once;
            unsigned char* to = y.to + first * stride;
            const unsigned char* from = y.from + first * stride;
            factors_of(some, lanes, from, stride, longest, factors);
            DRAGOMAN_INDEPENDENT
            for (size_t row = 0; row < some; ++row) {
                T* scalars = at<T>(to, row * stride);
                const T* old = at<T>(from, row * stride);
                const T factor = factors[row];
                for (uint32_t lane = 0; lane < lanes.get(); ++lane) {
                    const T limited = old[lane] * factor;
                    scalars[lane] = factor == T(0) ? T(0) : limited;  // not infinity * 0
                }
            }
        }
    }
    static void limit_length(const Shape& shape, const Operand& y, T longest) {
        by_lanes(shape.lanes, [&](auto lanes) {
            if (shape.dense) return limit(shape.rows, lanes, y, lanes.get() * sizeof(T), longest);
            limit(shape.rows, lanes, y, y.stride, longest);
        });
    }

    /// With stride_b 0 it is always the same point.
    template <class L>
    static void distances(size_t rows, L lanes, const Operand& out, size_t stride_out, const Operand& a,
                          size_t stride_a, const Operand& b, size_t stride_b) {
        DRAGOMAN_INDEPENDENT
        for (size_t row = 0; row < rows; ++row) {
            const T* here = at<T>(a.from, row * stride_a);
            const T* there = at<T>(b.from, row * stride_b);
            T square = (here[0] - there[0]) * (here[0] - there[0]);
            for (uint32_t lane = 1; lane < lanes.get(); ++lane) {
                const T difference = here[lane] - there[lane];
                square = square + difference * difference;
            }
            *at<T>(out.to, row * stride_out) = root(square);
        }
    }
    static void distance(const Shape& shape, const Operand& out, const Operand& a, const Operand& b) {
        by_lanes(shape.lanes, [&](auto lanes) {
            const size_t whole = lanes.get() * sizeof(T);
            if (shape.dense) return distances(shape.rows, lanes, out, sizeof(T), a, whole, b, whole);
            distances(shape.rows, lanes, out, out.stride, a, a.stride, b, b.stride);
        });
    }
    static void distance_to(const Shape& shape, const Operand& out, const Operand& a, const T* point) {
        const Operand there{nullptr, static_cast<const unsigned char*>(static_cast<const void*>(point)), 0};
        by_lanes(shape.lanes, [&](auto lanes) {
            const size_t whole = lanes.get() * sizeof(T);
            if (shape.dense) return distances(shape.rows, lanes, out, sizeof(T), a, whole, there, 0);
            distances(shape.rows, lanes, out, out.stride, a, a.stride, there, 0);
        });
    }
};

template <class T>
inline constexpr bool is_f32 = false;
template <>
inline constexpr bool is_f32<float> = true;

template <class T>
struct Comparisons {
    template <class V, class F>
    static void mark(const Shape& shape, const Operand& mask, const Operand& x, V value, F question) {
        // copies: a byte that is written could be any of these
        unsigned char* to = mask.to;
        const T* from = at<T>(x.from, 0);
        const size_t rows = shape.rows;
        if (shape.dense) {
            DRAGOMAN_INDEPENDENT
            for (size_t row = 0; row < rows; ++row) to[row] = question(static_cast<V>(from[row]), value) ? 1 : 0;
            return;
        }
        for (size_t row = 0; row < rows; ++row) {
            const T* scalar = at<T>(x.from, row * x.stride);
            to[row * mask.stride] = question(static_cast<V>(*scalar), value) ? 1 : 0;
        }
    }
    template <class V>
    static void compare_as(const Shape& shape, const Operand& mask, const Operand& x, int comparison, V value) {
        switch (comparison) {
            case DRAGOMAN_LESS:
                return mark(shape, mask, x, value, [](V a, V b) { return a < b; });
            case DRAGOMAN_LESS_EQUAL:
                return mark(shape, mask, x, value, [](V a, V b) { return a <= b; });
            case DRAGOMAN_GREATER:
                return mark(shape, mask, x, value, [](V a, V b) { return a > b; });
            case DRAGOMAN_GREATER_EQUAL:
                return mark(shape, mask, x, value, [](V a, V b) { return a >= b; });
            case DRAGOMAN_EQUAL:
                return mark(shape, mask, x, value, [](V a, V b) { return a == b; });
            default:
                return mark(shape, mask, x, value, [](V a, V b) { return a != b; });
        }
    }
    static void compare(const Shape& shape, const Operand& mask, const Operand& x, int comparison, double value) {
        if constexpr (is_f32<T>) {
            compare_as<float>(shape, mask, x, comparison, static_cast<float>(value));
        } else {
            compare_as<double>(shape, mask, x, comparison, value);
        }
    }
};
