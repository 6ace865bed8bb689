// Loops over whole columns, vectorised; clients/plane/kernels.h says what each does. What does not fit throws Error
// bad_value, which names the kernel and its operands.
#pragma once
#include <dragoman/tables.hpp>

#include <clients/plane/kernels.h>

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace dragoman {

/// An operand of a kernel: a component's column, one member of it, or numbers of the script's own.
class Column {
public:
    Column() = default;
    explicit Column(const dragoman_span& span) : span_(span) {}
    /// Of a vector, array or span of numbers; `lanes` of them make a row.
    template <class Numbers>
    requires std::is_arithmetic_v<typename std::remove_cvref_t<Numbers>::value_type> Column(Numbers&& numbers,
                                                                                            std::uint16_t lanes = 1)
        : Column(std::span<std::remove_reference_t<decltype(*std::data(numbers))>>(numbers), lanes) {}
    template <class T>
    Column(std::span<T> numbers, std::uint16_t lanes = 1) {
        using Plain = std::remove_const_t<T>;
        static_assert(std::is_arithmetic_v<Plain>, "kernels work on numbers");
        span_.data = const_cast<Plain*>(numbers.data());
        span_.rows = numbers.size() / lanes;
        span_.stride = sizeof(T) * lanes;
        span_.lanes = lanes;
        span_.type = detail::type_of<Plain>();
        span_.writable = std::is_const_v<T> ? 0 : 1;
        span_.component = DRAGOMAN_NONE;
    }

    std::size_t rows() const { return span_.rows; }
    explicit operator bool() const { return span_.data != nullptr; }
    /// One field of the component.
    Column operator[](std::string_view field) const;
    const dragoman_span* raw() const { return &span_; }
    /// "Position", "Position.x", or "an array".
    std::string name() const;

private:
    friend class Table;
    Column member(std::size_t offset, std::uint8_t type, std::size_t lanes) const;
    dragoman_span span_{};
};

template <class T>
Column Table::span() const {
    detail::check<T>();
    return whole(detail::component_id<T>);
}

template <class T, class Member>
Column Table::span(Member T::*member) const {
    using Number = typename detail::Element<Member>::type;
    detail::check<T>();
    const auto* first = reinterpret_cast<const char*>(&detail::defaults<T>);
    const auto* at = reinterpret_cast<const char*>(&(detail::defaults<T>.*member));
    const auto count = detail::Element<Member>::count;
    return whole(detail::component_id<T>)
        .member(static_cast<std::size_t>(at - first), detail::type_of<Number>(), count != 0 ? count : 1);
}

namespace kernels {

void axpy(const Column& y, const Column& x, double a);
void scale(const Column& y, double a);
void affine(const Column& y, double a, double b);
void add(const Column& y, const Column& x);
void subtract(const Column& y, const Column& x);
void multiply(const Column& y, const Column& x);
void minimum(const Column& y, const Column& x);
void maximum(const Column& y, const Column& x);
void clamp(const Column& y, double low, double high);
void wrap(const Column& y, double low, double high);
void integrate(const Column& position, const Column& velocity, double dt);
void integrate(const Column& position, const Column& velocity, const Column& acceleration, double dt);
void bounce(const Column& position, const Column& velocity, double low, double high);
void limit_length(const Column& y, double longest);

void copy(const Column& y, const Column& x);
void fill(const Column& y, double value);
void gather(const Column& y, const Column& x, const Column& index);
void scatter(const Column& y, const Column& x, const Column& index);

enum class Comparison { less, less_equal, greater, greater_equal, equal, not_equal };
void compare(const Column& mask, const Column& x, Comparison comparison, double value);
void select(const Column& y, const Column& x, const Column& mask);
/// The rows whose mask is not 0.
std::vector<std::uint32_t> where(const Column& mask);

enum class Reduction { sum, min, max };
/// One result for each lane.
std::vector<double> reduce(const Column& x, Reduction reduction);
void distance(const Column& out, const Column& a, const Column& b);
void distance_to(const Column& out, const Column& a, std::span<const double> point);

using FlockRules = dragoman_flock_rules;

/// Points of 2 or 3 numbers on a uniform grid. Keep one and build it anew in each tick: it keeps its memory.
class Grid {
public:
    Grid();
    ~Grid();
    Grid(Grid&& other) noexcept;
    Grid& operator=(Grid&& other) noexcept;

    void build(const Column& points, double cell);
    /// The rows of the points nearer than `radius`.
    std::vector<std::uint32_t> near(std::span<const double> point, double radius) const;
    std::vector<std::uint32_t> near(std::initializer_list<double> point, double radius) const {
        return near(std::span(point.begin(), point.size()), radius);
    }
    /// For each point the sum of its neighbours' values, and how many they are; `most` 0: of all neighbours.
    void sum(double radius, std::uint32_t most, const Column& values, const Column& sums, const Column& counts) const;
    void flock(const Column& velocity, const Column& old, const FlockRules& rules) const;

private:
    dragoman_grid* grid_;
    std::size_t lanes_ = 0;
};

}  // namespace kernels
}  // namespace dragoman
