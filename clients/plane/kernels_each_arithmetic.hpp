// Arithmetic, lane by lane. See kernels_each.hpp.

template <class T>
struct Arithmetic {
    static T floor(T x) {
        if constexpr (sizeof(T) == 4) return __builtin_floorf(x);
        return __builtin_floor(x);
    }
    static T magnitude(T x) {
        if constexpr (sizeof(T) == 4) return __builtin_fabsf(x);
        return __builtin_fabs(x);
    }

    static void axpy(const Shape& shape, const Operand& y, const Operand& x, T a) {
        each<T>(shape, y, x, [a](T mine, T theirs) { return mine + a * theirs; });
    }
    static void scale(const Shape& shape, const Operand& y, T a) {
        each<T>(shape, y, [a](T mine) { return mine * a; });
    }
    static void affine(const Shape& shape, const Operand& y, T a, T b) {
        each<T>(shape, y, [a, b](T mine) { return a * mine + b; });
    }
    static void wrap(const Shape& shape, const Operand& y, T low, T high) {
        const T turn = high - low;
        each<T>(shape, y, [=](T mine) {
            const T moved = mine - turn * floor((mine - low) / turn);
            const T wrapped = ((moved < low) | (moved >= high)) ? low : moved;
            return ((mine >= low) & (mine < high)) ? mine : wrapped;
        });
    }

    static void integrate(const Shape& shape, const Operand& p, const Operand& v, const Operand* a, T dt) {
        if (a == nullptr) return axpy(shape, p, v, dt);
        if (shape.dense) return integrate_lanes(shape.rows * shape.lanes, p, v, *a, dt);
        for (size_t row = 0; row < shape.rows; ++row) {
            integrate_lanes(shape.lanes, of_row(p, row), of_row(v, row), of_row(*a, row), dt);
        }
    }
    static void bounce(const Shape& shape, const Operand& p, const Operand& v, T low, T high) {
        if (shape.dense) return bounce_lanes(shape.rows * shape.lanes, p, v, low, high);
        for (size_t row = 0; row < shape.rows; ++row) {
            bounce_lanes(shape.lanes, of_row(p, row), of_row(v, row), low, high);
        }
    }

private:
    static Operand of_row(const Operand& operand, size_t row) {
        const size_t bytes = row * operand.stride;
        return {operand.to + bytes, operand.from + bytes, operand.stride};
    }
    static void integrate_lanes(size_t count, const Operand& p, const Operand& v, const Operand& a, T dt) {
        T* position = at<T>(p.to, 0);
        T* velocity = at<T>(v.to, 0);
        const T* old_position = at<T>(p.from, 0);
        const T* old_velocity = at<T>(v.from, 0);
        const T* acceleration = at<T>(a.from, 0);
        DRAGOMAN_INDEPENDENT
        for (size_t i = 0; i < count; ++i) {
            const T faster = old_velocity[i] + dt * acceleration[i];
            const T moved = old_position[i] + dt * faster;
            velocity[i] = faster;
            position[i] = moved;
        }
    }
    static void bounce_lanes(size_t count, const Operand& p, const Operand& v, T low, T high) {
        T* position = at<T>(p.to, 0);
        T* velocity = at<T>(v.to, 0);
        const T* old_position = at<T>(p.from, 0);
        const T* old_velocity = at<T>(v.from, 0);
        DRAGOMAN_INDEPENDENT
        for (size_t i = 0; i < count; ++i) {
            const T where = old_position[i];
            const T fast = old_velocity[i];
            const T inwards = where < low ? magnitude(fast) : fast;
            const T inside = where < low ? low : where;
            velocity[i] = where > high ? -magnitude(fast) : inwards;
            position[i] = where > high ? high : inside;
        }
    }
};

/// Whole numbers wrap around: their sums are computed without a sign.
template <class T>
struct Ordered {
    static auto in(T x) {
        if constexpr (T(1) / T(2) == T(0)) {
            return static_cast<uint32_t>(x);
        } else {
            return x;
        }
    }
    static void add(const Shape& shape, const Operand& y, const Operand& x) {
        each<T>(shape, y, x, [](T mine, T theirs) { return static_cast<T>(in(mine) + in(theirs)); });
    }
    static void subtract(const Shape& shape, const Operand& y, const Operand& x) {
        each<T>(shape, y, x, [](T mine, T theirs) { return static_cast<T>(in(mine)-in(theirs)); });
    }
    static void multiply(const Shape& shape, const Operand& y, const Operand& x) {
        each<T>(shape, y, x, [](T mine, T theirs) { return static_cast<T>(in(mine)*in(theirs)); });
    }
    static void minimum(const Shape& shape, const Operand& y, const Operand& x) {
        each<T>(shape, y, x, [](T mine, T theirs) { return theirs < mine ? theirs : mine; });
    }
    static void maximum(const Shape& shape, const Operand& y, const Operand& x) {
        each<T>(shape, y, x, [](T mine, T theirs) { return theirs > mine ? theirs : mine; });
    }
    static void clamp(const Shape& shape, const Operand& y, T low, T high) {
        each<T>(shape, y, [low, high](T mine) {
            const T raised = mine < low ? low : mine;
            return raised > high ? high : raised;
        });
    }
};
