// Sums over the neighbours of every point of a grid. See kernels_each.hpp.

/// Calls body(begin, end) with sorted points, for each line of cells in which neighbours of `point` can be, until it
/// returns false.
template <uint32_t D, class F>
inline void lines_around(const GridView& grid, const double* point, double radius, F body) {
    const GridWindow x = window_of(grid.axis[0], point[0], radius);
    const GridWindow y = window_of(grid.axis[1], point[1], radius);
    const GridWindow z = D == 3 ? window_of(grid.axis[2], point[2], radius) : GridWindow{0, 1};
    if (x.count <= 0) return;
    const int64_t columns = grid.axis[0].cells;
    const int64_t lines = grid.axis[1].cells;
    const int64_t layers = D == 3 ? grid.axis[2].cells : 1;
    const bool round = x.first + x.count > columns;
    const int64_t straight = round ? columns - x.first : x.count;
    for (int64_t k = 0; k < z.count; ++k) {
        const int64_t layer = z.first + k < layers ? z.first + k : z.first + k - layers;
        for (int64_t j = 0; j < y.count; ++j) {
            const int64_t line = y.first + j < lines ? y.first + j : y.first + j - lines;
            const uint32_t* starts = grid.starts + (layer * lines + line) * columns;
            if (!body(starts[x.first], starts[x.first + straight])) return;
            if (round && !body(starts[0], starts[x.count - straight])) return;
        }
    }
}

/// Whose neighbour: one of the sorted points, and how far it sees.
template <class T, uint32_t D>
struct Seeker {
    uint32_t self;
    T at[D];
    double point[D];

    Seeker(const GridView& grid, uint32_t sorted) : self(sorted) {
        for (uint32_t d = 0; d < D; ++d) {
            at[d] = static_cast<const T*>(grid.sorted[d])[sorted];
            point[d] = static_cast<double>(at[d]);
        }
    }
};

/// The places of the bits of a byte, in order.
struct Places {
    uint8_t of[256][8];
};
constexpr Places make_places() {
    Places places{};
    for (uint32_t bits = 0; bits < 256; ++bits) {
        uint32_t found = 0;
        for (uint32_t place = 0; place < 8; ++place) {
            if ((bits >> place & 1) != 0) places.of[bits][found++] = static_cast<uint8_t>(place);
        }
    }
    return places;
}
inline constexpr Places places = make_places();

/// Calls body(places among the sorted points, count) with the neighbours of `seeker` in order, a multiple of eight at a
/// time, but for the last; eight can always be read. Returns how many neighbours there are.
template <class T, uint32_t D, class F>
inline uint32_t neighbours(const GridView& grid, const Seeker<T, D>& seeker, double radius, uint32_t most, F body) {
    constexpr uint32_t at_once = 64;
    uint32_t list[at_once + 16] = {};
    uint32_t listed = 0;
    uint32_t handled = 0;
    const T reach = static_cast<T>(radius * radius);
    const T* sorted[D];
    for (uint32_t d = 0; d < D; ++d) sorted[d] = static_cast<const T*>(grid.sorted[d]);
    lines_around<D>(grid, seeker.point, radius, [&](uint32_t begin, uint32_t end) {
        for (uint32_t first = begin; first < end; first += 8) {
            Wide<T> square = Wide<T>::zero();
            for (uint32_t d = 0; d < D; ++d) {
                const Wide<T> offset = Wide<T>::load(sorted[d] + first).minus(seeker.at[d]);
                square.add_product(offset, offset);
            }
            uint32_t bits = Wide<T>::bits(square.less(reach));
            const uint32_t left = end - first;
            bits &= left < 8 ? (1U << left) - 1 : 0xffU;
            const uint32_t me = seeker.self - first;
            bits &= ~(me < 8 ? 1U << me : 0U);
            for (uint32_t i = 0; i < 8; ++i) list[listed + i] = first + places.of[bits][i];
            listed += static_cast<uint32_t>(__builtin_popcount(bits));
            if (most != 0 && listed >= most - handled) {
                listed = most - handled;
                return false;
            }
            if (listed < at_once) continue;
            body(list, at_once);
            handled += at_once;
            listed -= at_once;
            for (uint32_t i = 0; i < 8; ++i) list[i] = list[at_once + i];
        }
        return true;
    });
    body(list, listed);
    return handled + listed;
}

template <class T, uint32_t D>
struct GridSums {
    static uint64_t near(const GridView& grid, const double* point, double radius, uint32_t* rows, uint64_t most) {
        const T reach = static_cast<T>(radius * radius);
        T here[D];
        double rounded[D];
        for (uint32_t d = 0; d < D; ++d) rounded[d] = here[d] = static_cast<T>(point[d]);
        uint64_t found = 0;
        lines_around<D>(grid, rounded, radius, [&](uint32_t begin, uint32_t end) {
            for (uint32_t sorted = begin; sorted < end; ++sorted) {
                T square = 0;
                for (uint32_t d = 0; d < D; ++d) {
                    const T offset = static_cast<const T*>(grid.sorted[d])[sorted] - here[d];
                    square = square + offset * offset;
                }
                if (!(square < reach)) continue;
                if (found < most) rows[found] = grid.order[sorted];
                ++found;
            }
            return true;
        });
        return found;
    }

    template <uint32_t L>
    static void sum_lanes(const GridView& grid, double radius, uint32_t most, const void* const* values,
                          const Operand& sums, const Operand& counts) {
        constexpr uint32_t room = L == 0 ? 1 : L;
        for (uint32_t sorted = 0; sorted < grid.points; ++sorted) {
            Wide<T> all[room];
            for (Wide<T>& one : all) one = Wide<T>::zero();
            const uint32_t count = neighbours<T, D>(
                grid, Seeker<T, D>(grid, sorted), radius, most, [&](const uint32_t* list, uint32_t listed) {
                    if constexpr (L == 0) return;
                    for (uint32_t i = 0; i < listed; i += 8) {
                        const auto there = Wide<T>::among(listed - i);
                        for (uint32_t lane = 0; lane < L; ++lane) {
                            const T* from = static_cast<const T*>(values[lane]);
                            all[lane].add_where(there, Wide<T>::gather(from, list + i));
                        }
                    }
                });
            const size_t row = grid.order[sorted];
            for (uint32_t lane = 0; lane < L; ++lane) at<T>(sums.to, row * sums.stride)[lane] = all[lane].sum();
            if (counts.to != nullptr) *at<uint32_t>(counts.to, row * counts.stride) = count;
        }
    }
    static void sum(const GridView& grid, double radius, uint32_t most, uint32_t lanes, const void* const* values,
                    const Operand& sums, const Operand& counts) {
        switch (lanes) {
            case 0:
                return sum_lanes<0>(grid, radius, most, values, sums, counts);
            case 1:
                return sum_lanes<1>(grid, radius, most, values, sums, counts);
            case 2:
                return sum_lanes<2>(grid, radius, most, values, sums, counts);
            case 3:
                return sum_lanes<3>(grid, radius, most, values, sums, counts);
            default:
                return sum_lanes<4>(grid, radius, most, values, sums, counts);
        }
    }

    static void flock(const GridView& grid, const Operand& velocity, const void* const* old,
                      const dragoman_flock_rules& rules) {
        const T near = static_cast<T>(rules.near * rules.near);
        const T alignment = static_cast<T>(rules.alignment);
        const T cohesion = static_cast<T>(rules.cohesion);
        const T separation = static_cast<T>(rules.separation);
        const T dt = static_cast<T>(rules.dt);
        constexpr T nearest = sizeof(T) == 4 ? T(__FLT_MIN__) : T(__DBL_MIN__);
        for (uint32_t sorted = 0; sorted < grid.points; ++sorted) {
            Wide<T> offsets[D];
            Wide<T> velocities[D];
            Wide<T> pushes[D];
            for (uint32_t d = 0; d < D; ++d) offsets[d] = velocities[d] = pushes[d] = Wide<T>::zero();
            const Seeker<T, D> seeker(grid, sorted);
            const uint32_t count =
                neighbours<T, D>(grid, seeker, rules.radius, rules.most, [&](const uint32_t* list, uint32_t listed) {
                    for (uint32_t i = 0; i < listed; i += 8) {
                        const auto there = Wide<T>::among(listed - i);
                        Wide<T> offset[D];
                        Wide<T> square = Wide<T>::zero();
                        for (uint32_t d = 0; d < D; ++d) {
                            const T* positions = static_cast<const T*>(grid.sorted[d]);
                            offset[d] = Wide<T>::gather(positions, list + i).minus(seeker.at[d]);
                            square.add_product(offset[d], offset[d]);
                            offsets[d].add_where(there, offset[d]);
                            const T* old_velocities = static_cast<const T*>(old[d]);
                            velocities[d].add_where(there, Wide<T>::gather(old_velocities, list + i));
                        }
                        const auto close =
                            Wide<T>::both(there, Wide<T>::both(square.less(near), square.at_least(nearest)));
                        const Wide<T> weight = square.inverse();
                        for (uint32_t d = 0; d < D; ++d) pushes[d].add_where(close, offset[d].times(weight));
                    }
                });
            const size_t row = grid.order[sorted];
            const T* from = at<T>(velocity.from, row * velocity.stride);
            T* to = at<T>(velocity.to, row * velocity.stride);
            if (count == 0) {
                for (uint32_t d = 0; d < D; ++d) to[d] = from[d];
                continue;
            }
            for (uint32_t d = 0; d < D; ++d) {
                const T mine = static_cast<const T*>(old[d])[sorted];
                const T aligned = alignment * (velocities[d].sum() / static_cast<T>(count) - mine);
                const T centred = cohesion * (offsets[d].sum() / static_cast<T>(count));
                const T pushed = separation * -pushes[d].sum();
                to[d] = from[d] + dt * ((aligned + centred) + pushed);
            }
        }
    }
};
