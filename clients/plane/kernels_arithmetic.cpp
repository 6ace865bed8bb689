// Arithmetic lane by lane.
#include "clients/plane/kernels_call.hpp"

using namespace dragoman::kernels;

namespace {

/// y op= x on any of the types that loops are ordered for.
template <class F>
int combine(const dragoman_span* y, const dragoman_span* x, F run) {
    Call call;
    call.writes(y);
    call.reads(x);
    call.alike(y, x);
    call.fail_unless(call.fault != 0 || is_float(y->type) || y->type == DRAGOMAN_I32, DRAGOMAN_KERNEL_TYPES);
    call.apart();
    if (call.fault != 0) return call.fault;
    const Operand in = Call::input(x);
    const Operand out = call.output(y);
    const Loops& all = loops();
    if (y->type == DRAGOMAN_F32) run(all.ordered_f32, call.shape, out, in);
    if (y->type == DRAGOMAN_F64) run(all.ordered_f64, call.shape, out, in);
    if (y->type == DRAGOMAN_I32) run(all.ordered_i32, call.shape, out, in);
    call.done();
    return DRAGOMAN_KERNEL_OK;
}

/// y = f(y) with two arguments in its type, of which `well` says whether they will do.
template <class W, class F>
int alone(const dragoman_span* y, double a, double b, W well, F run) {
    Call call;
    call.writes(y);
    call.of_floats(y);
    if (call.fault != 0) return call.fault;
    return by_float(y, [&](const auto& loops, auto zero) {
        auto first = zero;
        auto second = zero;
        call.fail_unless(rounds_to(a, &first) && rounds_to(b, &second) && well(first, second),
                         DRAGOMAN_KERNEL_ARGUMENT);
        if (call.fault != 0) return call.fault;
        run(loops, call.shape, call.output(y), first, second);
        call.done();
        return call.fault;
    });
}

constexpr auto always = [](auto, auto) { return true; };

template <class T>
int clamp_as(Call& call, const OrderedLoops<T>& loops, const dragoman_span* y, T low, T high) {
    call.fail_unless(low <= high, DRAGOMAN_KERNEL_ARGUMENT);  // false for NaN
    if (call.fault != 0) return call.fault;
    loops.clamp(call.shape, call.output(y), low, high);
    call.done();
    return DRAGOMAN_KERNEL_OK;
}

/// The border for whole numbers: the next one inwards.
int32_t inwards(double border, bool is_low) {
    if (border <= -2147483648.0) return INT32_MIN;
    if (border >= 2147483647.0) return INT32_MAX;
    const auto whole = static_cast<int32_t>(border);
    if (is_low) return whole + (static_cast<double>(whole) < border ? 1 : 0);
    return whole - (static_cast<double>(whole) > border ? 1 : 0);
}

}  // namespace

extern "C" {

int dragoman_axpy(const dragoman_span* y, const dragoman_span* x, double a) {
    Call call;
    call.writes(y);
    call.reads(x);
    call.alike(y, x);
    call.of_floats(y);
    call.apart();
    if (call.fault != 0) return call.fault;
    return by_float(y, [&](const auto& loops, auto factor) {
        call.fail_unless(rounds_to(a, &factor), DRAGOMAN_KERNEL_ARGUMENT);
        if (call.fault != 0) return call.fault;
        const Operand in = Call::input(x);
        loops.axpy(call.shape, call.output(y), in, factor);
        call.done();
        return call.fault;
    });
}

int dragoman_scale(const dragoman_span* y, double a) {
    return alone(y, a, 0, always, [](const auto& loops, const Shape& shape, const Operand& out, auto factor, auto) {
        loops.scale(shape, out, factor);
    });
}

int dragoman_affine(const dragoman_span* y, double a, double b) {
    return alone(y, a, b, always, [](const auto& loops, const Shape& shape, const Operand& out, auto by, auto plus) {
        loops.affine(shape, out, by, plus);
    });
}

int dragoman_add(const dragoman_span* y, const dragoman_span* x) {
    return combine(y, x, [](const auto& l, const Shape& s, const Operand& o, const Operand& i) { l.add(s, o, i); });
}

int dragoman_subtract(const dragoman_span* y, const dragoman_span* x) {
    return combine(y, x,
                   [](const auto& l, const Shape& s, const Operand& o, const Operand& i) { l.subtract(s, o, i); });
}

int dragoman_multiply(const dragoman_span* y, const dragoman_span* x) {
    return combine(y, x,
                   [](const auto& l, const Shape& s, const Operand& o, const Operand& i) { l.multiply(s, o, i); });
}

int dragoman_minimum(const dragoman_span* y, const dragoman_span* x) {
    return combine(y, x, [](const auto& l, const Shape& s, const Operand& o, const Operand& i) { l.minimum(s, o, i); });
}

int dragoman_maximum(const dragoman_span* y, const dragoman_span* x) {
    return combine(y, x, [](const auto& l, const Shape& s, const Operand& o, const Operand& i) { l.maximum(s, o, i); });
}

int dragoman_clamp(const dragoman_span* y, double low, double high) {
    Call call;
    call.writes(y);
    call.fail_unless(call.fault != 0 || is_float(y->type) || y->type == DRAGOMAN_I32, DRAGOMAN_KERNEL_TYPES);
    call.fail_unless(low <= high, DRAGOMAN_KERNEL_ARGUMENT);
    if (call.fault != 0) return call.fault;
    if (y->type == DRAGOMAN_I32) {
        return clamp_as(call, loops().ordered_i32, y, inwards(low, true), inwards(high, false));
    }
    if (y->type == DRAGOMAN_F64) return clamp_as(call, loops().ordered_f64, y, low, high);
    return clamp_as(call, loops().ordered_f32, y, static_cast<float>(low), static_cast<float>(high));
}

int dragoman_wrap(const dragoman_span* y, double low, double high) {
    const auto has_turns = [](auto from, auto to) {
        return from < to && is_finite(static_cast<double>(static_cast<decltype(from)>(to - from)));
    };
    return alone(y, low, high, has_turns,
                 [](const auto& l, const Shape& s, const Operand& o, auto from, auto to) { l.wrap(s, o, from, to); });
}

int dragoman_integrate(const dragoman_span* position, const dragoman_span* velocity, const dragoman_span* acceleration,
                       double dt) {
    if (acceleration == nullptr) return dragoman_axpy(position, velocity, dt);
    Call call;
    call.writes(position);
    call.writes(velocity);
    call.reads(acceleration);
    call.alike(position, velocity);
    call.alike(position, acceleration);
    call.of_floats(position);
    call.apart();
    if (call.fault != 0) return call.fault;
    return by_float(position, [&](const auto& loops, auto step) {
        call.fail_unless(rounds_to(dt, &step), DRAGOMAN_KERNEL_ARGUMENT);
        if (call.fault != 0) return call.fault;
        const Operand a = Call::input(acceleration);
        const Operand v = call.output(velocity);
        loops.integrate(call.shape, call.output(position), v, &a, step);
        call.done();
        return call.fault;
    });
}

int dragoman_bounce(const dragoman_span* position, const dragoman_span* velocity, double low, double high) {
    Call call;
    call.writes(position);
    call.writes(velocity);
    call.alike(position, velocity);
    call.of_floats(position);
    call.apart();
    if (call.fault != 0) return call.fault;
    return by_float(position, [&](const auto& loops, auto from) {
        auto to = from;
        call.fail_unless(rounds_to(low, &from) && rounds_to(high, &to) && from <= to, DRAGOMAN_KERNEL_ARGUMENT);
        if (call.fault != 0) return call.fault;
        const Operand v = call.output(velocity);
        loops.bounce(call.shape, call.output(position), v, from, to);
        call.done();
        return call.fault;
    });
}
}
