// No include guard: this and the other files of loops are read once for each instruction set, into its own namespace,
// so that the linker can take no function of one for the other's.
// How a loop goes over rows: flat where the operands are dense, else row by row with the lanes unrolled.

/// A number of lanes, known to the compiler where it is small.
template <uint32_t N>
struct Lanes {
    static constexpr uint32_t known = N;
    uint32_t count;
    constexpr uint32_t get() const { return N != 0 ? N : count; }
};

template <class F>
inline void by_lanes(uint32_t lanes, F body) {
    switch (lanes) {
        case 1:
            return body(Lanes<1>{lanes});
        case 2:
            return body(Lanes<2>{lanes});
        case 3:
            return body(Lanes<3>{lanes});
        case 4:
            return body(Lanes<4>{lanes});
        default:
            return body(Lanes<0>{lanes});
    }
}

template <class F>
inline void by_unit(uint32_t unit, F body) {
    switch (unit) {
        case 1:
            return body(uint8_t());
        case 2:
            return body(uint16_t());
        case 4:
            return body(uint32_t());
        default:
            return body(uint64_t());
    }
}

template <class T>
inline T* at(unsigned char* base, size_t bytes) {
    return static_cast<T*>(static_cast<void*>(base + bytes));
}
template <class T>
inline const T* at(const unsigned char* base, size_t bytes) {
    return static_cast<const T*>(static_cast<const void*>(base + bytes));
}

// An output is either the very span that is read or does not meet it: no iteration depends on another.
#if defined(__clang__)
#define DRAGOMAN_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#else
#define DRAGOMAN_INDEPENDENT _Pragma("GCC ivdep")
#endif

/// y = f(y)
template <class T, class F>
inline void each(const Shape& shape, const Operand& y, F f) {
    if (shape.dense) {
        const size_t count = shape.rows * shape.lanes;
        T* to = at<T>(y.to, 0);
        const T* from = at<T>(y.from, 0);
        DRAGOMAN_INDEPENDENT
        for (size_t i = 0; i < count; ++i) to[i] = f(from[i]);
        return;
    }
    by_lanes(shape.lanes, [&](auto lanes) {
        for (size_t row = 0; row < shape.rows; ++row) {
            T* to = at<T>(y.to, row * y.stride);
            const T* from = at<T>(y.from, row * y.stride);
            for (uint32_t lane = 0; lane < lanes.get(); ++lane) to[lane] = f(from[lane]);
        }
    });
}

/// y = f(y, x)
template <class T, class F>
inline void each(const Shape& shape, const Operand& y, const Operand& x, F f) {
    if (shape.dense) {
        const size_t count = shape.rows * shape.lanes;
        T* to = at<T>(y.to, 0);
        const T* from = at<T>(y.from, 0);
        const T* other = at<T>(x.from, 0);
        DRAGOMAN_INDEPENDENT
        for (size_t i = 0; i < count; ++i) to[i] = f(from[i], other[i]);
        return;
    }
    by_lanes(shape.lanes, [&](auto lanes) {
        for (size_t row = 0; row < shape.rows; ++row) {
            T* to = at<T>(y.to, row * y.stride);
            const T* from = at<T>(y.from, row * y.stride);
            const T* other = at<T>(x.from, row * x.stride);
            for (uint32_t lane = 0; lane < lanes.get(); ++lane) to[lane] = f(from[lane], other[lane]);
        }
    });
}
