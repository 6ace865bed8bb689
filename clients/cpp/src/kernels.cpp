#include "plane.hpp"

#include <dragoman/calls.hpp>
#include <dragoman/kernels.hpp>

#include <utility>

namespace dragoman::kernels {
namespace {

using Operands = std::initializer_list<const Column*>;

std::string shape(const Column& column) {
    const dragoman_span& span = *column.raw();
    Field field{};
    field.type = span.type;
    std::string text = column.name() + " has ";
    if (span.data == nullptr) return column.name();
    if (span.type == detail::no_type) return text + "fields of several types: choose one of them";
    text += std::to_string(span.rows) + " rows of " + std::to_string(span.lanes) + " " + plane::type_name(field);
    if (span.writable == 0) text += ", for reading";
    return text;
}

[[gnu::cold, noreturn]] void refuse(const char* kernel, int fault, Operands operands) {
    std::string message = std::string(kernel) + ": " + dragoman_kernel_fault_text(fault);
    const char* between = " (";
    for (const Column* operand : operands) {
        message += between + shape(*operand);
        between = "; ";
    }
    if (operands.size() != 0) message += ')';
    const char* code = fault == DRAGOMAN_KERNEL_READONLY ? "denied" : "bad_value";
    throw Error(code, message);
}

/// Optional columns that are not there have no data: nothing of ours may hand them on.
void check_there(const char* kernel, Operands operands) {
    for (const Column* operand : operands) {
        const dragoman_span& span = *operand->raw();
        if (span.data == nullptr && (span.component != DRAGOMAN_NONE || span.rows != 0 || span.stride == 0))
            throw Error("no_component", std::string(kernel) + ": the table has no such column");
        if (span.type == detail::no_type) refuse(kernel, DRAGOMAN_KERNEL_TYPES, operands);
    }
}

template <class Kernel, class... Scalars>
void run(const char* name, Kernel kernel, const Column& y, Scalars... scalars) {
    check_there(name, {&y});
    if (const int fault = kernel(y.raw(), scalars...); fault != 0) refuse(name, fault, {&y});
}
template <class Kernel, class... Scalars>
void run2(const char* name, Kernel kernel, const Column& y, const Column& x, Scalars... scalars) {
    check_there(name, {&y, &x});
    if (const int fault = kernel(y.raw(), x.raw(), scalars...); fault != 0) refuse(name, fault, {&y, &x});
}
template <class Kernel>
void run3(const char* name, Kernel kernel, const Column& y, const Column& x, const Column& z) {
    check_there(name, {&y, &x, &z});
    if (const int fault = kernel(y.raw(), x.raw(), z.raw()); fault != 0) refuse(name, fault, {&y, &x, &z});
}

}  // namespace

void axpy(const Column& y, const Column& x, double a) { run2("axpy", dragoman_axpy, y, x, a); }
void scale(const Column& y, double a) { run("scale", dragoman_scale, y, a); }
void affine(const Column& y, double a, double b) { run("affine", dragoman_affine, y, a, b); }
void add(const Column& y, const Column& x) { run2("add", dragoman_add, y, x); }
void subtract(const Column& y, const Column& x) { run2("subtract", dragoman_subtract, y, x); }
void multiply(const Column& y, const Column& x) { run2("multiply", dragoman_multiply, y, x); }
void minimum(const Column& y, const Column& x) { run2("minimum", dragoman_minimum, y, x); }
void maximum(const Column& y, const Column& x) { run2("maximum", dragoman_maximum, y, x); }
void clamp(const Column& y, double low, double high) { run("clamp", dragoman_clamp, y, low, high); }
void wrap(const Column& y, double low, double high) { run("wrap", dragoman_wrap, y, low, high); }

void integrate(const Column& position, const Column& velocity, double dt) {
    check_there("integrate", {&position, &velocity});
    if (const int fault = dragoman_integrate(position.raw(), velocity.raw(), nullptr, dt); fault != 0)
        refuse("integrate", fault, {&position, &velocity});
}
void integrate(const Column& position, const Column& velocity, const Column& acceleration, double dt) {
    run3(
        "integrate", [dt](auto p, auto v, auto a) { return dragoman_integrate(p, v, a, dt); }, position, velocity,
        acceleration);
}
void bounce(const Column& position, const Column& velocity, double low, double high) {
    run2("bounce", dragoman_bounce, position, velocity, low, high);
}
void limit_length(const Column& y, double longest) { run("limit_length", dragoman_limit_length, y, longest); }

void copy(const Column& y, const Column& x) { run2("copy", dragoman_copy, y, x); }
void fill(const Column& y, double value) { run("fill", dragoman_fill, y, value); }
void gather(const Column& y, const Column& x, const Column& index) { run3("gather", dragoman_gather, y, x, index); }
void scatter(const Column& y, const Column& x, const Column& index) { run3("scatter", dragoman_scatter, y, x, index); }

void compare(const Column& mask, const Column& x, Comparison comparison, double value) {
    run2("compare", dragoman_compare, mask, x, static_cast<int>(comparison), value);
}
void select(const Column& y, const Column& x, const Column& mask) { run3("select", dragoman_select, y, x, mask); }
std::vector<std::uint32_t> where(const Column& mask) {
    std::vector<std::uint32_t> rows(mask.rows());
    std::uint64_t count = 0;
    run("where", dragoman_where, mask, rows.data(), &count);
    rows.resize(count);
    return rows;
}

std::vector<double> reduce(const Column& x, Reduction reduction) {
    std::vector<double> results(x.raw()->lanes);
    run("reduce", dragoman_reduce, x, static_cast<int>(reduction), results.data());
    return results;
}
void distance(const Column& out, const Column& a, const Column& b) { run3("distance", dragoman_distance, out, a, b); }
void distance_to(const Column& out, const Column& a, std::span<const double> point) {
    if (point.size() != a.raw()->lanes) refuse("distance_to", DRAGOMAN_KERNEL_LANES, {&out, &a});
    run2("distance_to", dragoman_distance_to, out, a, point.data());
}

Grid::Grid() : grid_(dragoman_grid_new()) {
    if (grid_ == nullptr) throw std::bad_alloc();
}
Grid::~Grid() { dragoman_grid_free(grid_); }
Grid::Grid(Grid&& other) noexcept : grid_(std::exchange(other.grid_, nullptr)), lanes_(other.lanes_) {}
Grid& Grid::operator=(Grid&& other) noexcept {
    std::swap(grid_, other.grid_);
    std::swap(lanes_, other.lanes_);
    return *this;
}

void Grid::build(const Column& points, double cell) {
    check_there("grid_build", {&points});
    if (const int fault = dragoman_grid_build(grid_, points.raw(), cell); fault != 0)
        refuse("grid_build", fault, {&points});
    lanes_ = points.raw()->lanes;
}

std::vector<std::uint32_t> Grid::near(std::span<const double> point, double radius) const {
    if (point.size() != lanes_)
        throw Error("bad_value", "grid_near: the grid's points have " + std::to_string(lanes_) + " numbers, this one " +
                                     std::to_string(point.size()));
    std::vector<std::uint32_t> rows(64);
    while (true) {
        const std::uint64_t count = dragoman_grid_near(grid_, point.data(), radius, rows.data(), rows.size());
        const bool all = count <= rows.size();
        rows.resize(count);
        if (all) return rows;
    }
}

void Grid::sum(double radius, std::uint32_t most, const Column& values, const Column& sums,
               const Column& counts) const {
    check_there("grid_sum", {&values, &sums, &counts});
    if (const int fault = dragoman_grid_sum(grid_, radius, most, values.raw(), sums.raw(), counts.raw()); fault != 0)
        refuse("grid_sum", fault, {&values, &sums, &counts});
}

void Grid::flock(const Column& velocity, const Column& old, const FlockRules& rules) const {
    check_there("grid_flock", {&velocity, &old});
    if (const int fault = dragoman_grid_flock(grid_, velocity.raw(), old.raw(), &rules); fault != 0)
        refuse("grid_flock", fault, {&velocity, &old});
}

}  // namespace dragoman::kernels
