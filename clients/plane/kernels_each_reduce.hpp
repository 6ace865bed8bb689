// What becomes of all rows. Some rows at a time are converted to f64, then folded. See kernels_each.hpp.

struct Fold {
    static constexpr size_t running = 8;

    static double one(int reduction, double sum, double x) {
        if (reduction == DRAGOMAN_SUM) return sum + x;
        if (reduction == DRAGOMAN_MIN) return x < sum ? x : sum;
        return x > sum ? x : sum;
    }
    /// sums[r % 8 * lanes + lane] takes in numbers[r * lanes + lane], for each of `rows`.
    static void rows(uint32_t lanes, int reduction, double* sums, const double* numbers, size_t rows) {
        const size_t rounds = rows / running;
        by_lanes(lanes, [&](auto known) {
            constexpr uint32_t count = decltype(known)::known != 0 ? decltype(known)::known : 4;
            Wide<double> wide[count];
            for (uint32_t i = 0; i < count; ++i) wide[i] = Wide<double>::load(sums + i * 8);
            const double* from = numbers;
            if (reduction == DRAGOMAN_SUM) {
                for (size_t round = 0; round < rounds; ++round, from += running * count) {
                    for (uint32_t i = 0; i < count; ++i) wide[i].add(Wide<double>::load(from + i * 8));
                }
            } else if (reduction == DRAGOMAN_MIN) {
                for (size_t round = 0; round < rounds; ++round, from += running * count) {
                    for (uint32_t i = 0; i < count; ++i) wide[i].lower(Wide<double>::load(from + i * 8));
                }
            } else {
                for (size_t round = 0; round < rounds; ++round, from += running * count) {
                    for (uint32_t i = 0; i < count; ++i) wide[i].raise(Wide<double>::load(from + i * 8));
                }
            }
            for (uint32_t i = 0; i < count; ++i) wide[i].store(sums + i * 8);
        });
        const size_t left = rows % running * lanes;
        const double* from = numbers + rounds * running * lanes;
        for (size_t i = 0; i < left; ++i) sums[i] = one(reduction, sums[i], from[i]);
    }
    /// The eight running sums of the first lane of `sums`, from the first to the last.
    static double all(uint32_t lanes, int reduction, const double* sums) {
        double result = sums[0];
        for (size_t row = 1; row < running; ++row) result = one(reduction, result, sums[row * lanes]);
        return result;
    }
};

template <class T>
struct Reductions {
    static constexpr size_t running = Fold::running;
    static constexpr size_t rows_at_once = 16 * running;

    static void convert(const unsigned char* from, size_t stride, size_t rows, uint32_t lanes, double* to) {
        if (stride == lanes * sizeof(T)) {
            const T* flat = at<T>(from, 0);
            for (size_t i = 0; i < rows * lanes; ++i) to[i] = static_cast<double>(flat[i]);
            return;
        }
        for (size_t row = 0; row < rows; ++row) {
            const T* scalars = at<T>(from, row * stride);
            for (uint32_t lane = 0; lane < lanes; ++lane) to[row * lanes + lane] = static_cast<double>(scalars[lane]);
        }
    }
    static void reduce(const Shape& shape, const Operand& x, int reduction, double* results) {
        const double start = reduction == DRAGOMAN_SUM   ? 0.0
                             : reduction == DRAGOMAN_MIN ? __builtin_inf()
                                                         : -__builtin_inf();
        double numbers[rows_at_once * 4];
        for (uint32_t first = 0; first < shape.lanes; first += 4) {
            const uint32_t lanes = shape.lanes - first < 4 ? shape.lanes - first : 4;
            double sums[running * 4];
            for (double& sum : sums) sum = start;
            for (size_t row = 0; row < shape.rows; row += rows_at_once) {
                const size_t rows = shape.rows - row < rows_at_once ? shape.rows - row : rows_at_once;
                convert(x.from + row * x.stride + first * sizeof(T), x.stride, rows, lanes, numbers);
                Fold::rows(lanes, reduction, sums, numbers, rows);
            }
            for (uint32_t lane = 0; lane < lanes; ++lane)
                results[first + lane] = Fold::all(lanes, reduction, sums + lane);
        }
    }
};
