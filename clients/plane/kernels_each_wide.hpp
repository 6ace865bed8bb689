// Eight numbers side by side, in as many registers as the instruction set needs for them. See kernels_each.hpp.

inline constexpr size_t register_bytes = DRAGOMAN_REGISTER_BYTES;
typedef float Floats __attribute__((vector_size(register_bytes)));
typedef double Doubles __attribute__((vector_size(register_bytes)));

/// The sign of each number.
#if DRAGOMAN_REGISTER_BYTES == 32
inline int signs(Floats x) { return __builtin_ia32_movmskps256(x); }
inline int signs(Doubles x) { return __builtin_ia32_movmskpd256(x); }
#elif defined(__x86_64__)
inline int signs(Floats x) { return __builtin_ia32_movmskps(x); }
inline int signs(Doubles x) { return __builtin_ia32_movmskpd(x); }
#else
template <class V>
inline int signs(V x) {
    int all = 0;
    for (size_t i = 0; i < register_bytes / sizeof(x[0]); ++i) all |= (__builtin_signbit(x[i]) ? 1 : 0) << i;
    return all;
}
#endif

template <class T>
struct Signed {
    using Type = int32_t;
};
template <>
struct Signed<double> {
    using Type = int64_t;
};

template <class T>
struct Wide {
    using Int = typename Signed<T>::Type;
    typedef T Part __attribute__((vector_size(register_bytes)));
    typedef Int Bits __attribute__((vector_size(register_bytes)));
    typedef T Loaded __attribute__((vector_size(register_bytes), aligned(sizeof(T)), may_alias));
    static constexpr size_t lanes = register_bytes / sizeof(T);
    static constexpr size_t parts = 8 / lanes;
    static_assert(parts * lanes == 8);

    /// All bits set where something is so.
    struct Mask {
        Bits part[parts];
    };

    Part part[parts];

    static Wide zero() {
        Wide all;
        for (size_t i = 0; i < parts; ++i) all.part[i] = Part{};
        return all;
    }
    static Wide load(const T* from) {
        Wide all;
        for (size_t i = 0; i < parts; ++i) all.part[i] = *reinterpret_cast<const Loaded*>(from + i * lanes);
        return all;
    }
    static Wide gather(const T* from, const uint32_t* at) {
        Wide all;
        for (size_t i = 0; i < parts; ++i, at += lanes) {
            if constexpr (lanes == 8) {
                all.part[i] = Part{from[at[0]], from[at[1]], from[at[2]], from[at[3]],
                                   from[at[4]], from[at[5]], from[at[6]], from[at[7]]};
            } else if constexpr (lanes == 4) {
                all.part[i] = Part{from[at[0]], from[at[1]], from[at[2]], from[at[3]]};
            } else {
                all.part[i] = Part{from[at[0]], from[at[1]]};
            }
        }
        return all;
    }
    void store(T* to) const {
        for (size_t i = 0; i < parts; ++i) *reinterpret_cast<Loaded*>(to + i * lanes) = part[i];
    }
    void add(const Wide& x) {
        for (size_t i = 0; i < parts; ++i) part[i] = part[i] + x.part[i];
    }
    void lower(const Wide& x) {
        for (size_t i = 0; i < parts; ++i) part[i] = x.part[i] < part[i] ? x.part[i] : part[i];
    }
    void raise(const Wide& x) {
        for (size_t i = 0; i < parts; ++i) part[i] = x.part[i] > part[i] ? x.part[i] : part[i];
    }
    Wide minus(T x) const {
        Wide all;
        for (size_t i = 0; i < parts; ++i) all.part[i] = part[i] - x;
        return all;
    }
    void add_product(const Wide& a, const Wide& b) {
        for (size_t i = 0; i < parts; ++i) part[i] = part[i] + a.part[i] * b.part[i];
    }
    void add_where(const Mask& mask, const Wide& x) {
        for (size_t i = 0; i < parts; ++i) part[i] = part[i] + (Part)((Bits)x.part[i] & mask.part[i]);
    }
    Wide inverse() const {
        Wide all;
        for (size_t i = 0; i < parts; ++i) all.part[i] = T(1) / part[i];
        return all;
    }
    Wide times(const Wide& x) const {
        Wide all;
        for (size_t i = 0; i < parts; ++i) all.part[i] = part[i] * x.part[i];
        return all;
    }
    Mask less(T x) const {
        Mask mask;
        for (size_t i = 0; i < parts; ++i) mask.part[i] = part[i] < x;
        return mask;
    }
    Mask at_least(T x) const {
        Mask mask;
        for (size_t i = 0; i < parts; ++i) mask.part[i] = part[i] >= x;
        return mask;
    }
    /// From the first to the last.
    T sum() const {
        T all = part[0][0];
        for (size_t i = 1; i < 8; ++i) all = all + part[i / lanes][i % lanes];
        return all;
    }

    /// Where 0, 1, .. 7 is below `end`.
    static Mask among(uint32_t end) {
        Mask mask;
        for (size_t i = 0; i < parts; ++i) {
            Bits number;
            for (size_t lane = 0; lane < lanes; ++lane) number[lane] = static_cast<Int>(i * lanes + lane);
            mask.part[i] = number < static_cast<Int>(end);
        }
        return mask;
    }
    static Mask both(const Mask& a, const Mask& b) {
        Mask mask;
        for (size_t i = 0; i < parts; ++i) mask.part[i] = a.part[i] & b.part[i];
        return mask;
    }
    /// Bit i for number i.
    static uint32_t bits(const Mask& mask) {
        uint32_t all = 0;
        for (size_t i = 0; i < parts; ++i) all |= static_cast<uint32_t>(signs((Part)mask.part[i])) << (i * lanes);
        return all;
    }
};
