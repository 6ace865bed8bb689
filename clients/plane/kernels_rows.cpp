// Lengths and distances of rows, and what becomes of all rows.
#include "clients/plane/kernels_call.hpp"

using namespace dragoman::kernels;

extern "C" {

int dragoman_limit_length(const dragoman_span* y, double longest) {
    Call call;
    call.writes(y);
    call.of_floats(y);
    if (call.fault != 0) return call.fault;
    return by_float(y, [&](const auto& loops, auto limit) {
        call.fail_unless(rounds_to(longest, &limit) && limit >= 0, DRAGOMAN_KERNEL_ARGUMENT);
        if (call.fault != 0) return call.fault;
        loops.limit_length(call.shape, call.output(y), limit);
        call.done();
        return call.fault;
    });
}

int dragoman_distance(const dragoman_span* out, const dragoman_span* a, const dragoman_span* b) {
    Call call;
    call.writes(out);
    call.reads(a);
    call.reads(b);
    call.alike(a, b);
    call.same_rows(out, a);
    call.one_lane(out);
    call.of_floats(a);
    call.fail_unless(call.fault != 0 || out->type == a->type, DRAGOMAN_KERNEL_TYPES);
    call.apart();
    if (call.fault != 0) return call.fault;
    call.shape.lanes = a->lanes;
    return by_float(a, [&](const auto& loops, auto) {
        const Operand here = Call::input(a);
        const Operand there = Call::input(b);
        loops.distance(call.shape, call.output(out), here, there);
        call.done();
        return call.fault;
    });
}

int dragoman_distance_to(const dragoman_span* out, const dragoman_span* a, const double* point) {
    Call call;
    call.writes(out);
    call.reads(a);
    call.same_rows(out, a);
    call.one_lane(out);
    call.of_floats(a);
    call.fail_unless(call.fault != 0 || out->type == a->type, DRAGOMAN_KERNEL_TYPES);
    call.apart();
    call.fail_unless(point != nullptr, DRAGOMAN_KERNEL_ARGUMENT);
    constexpr uint32_t most = 16;
    call.fail_unless(call.fault != 0 || a->lanes <= most, DRAGOMAN_KERNEL_LANES);
    if (call.fault != 0) return call.fault;
    call.shape.lanes = a->lanes;
    return by_float(a, [&](const auto& loops, auto zero) {
        decltype(zero) rounded[most];
        for (uint32_t lane = 0; lane < a->lanes; ++lane) {
            call.fail_unless(rounds_to(point[lane], &rounded[lane]), DRAGOMAN_KERNEL_ARGUMENT);
        }
        if (call.fault != 0) return call.fault;
        const Operand here = Call::input(a);
        loops.distance_to(call.shape, call.output(out), here, rounded);
        call.done();
        return call.fault;
    });
}

int dragoman_reduce(const dragoman_span* x, int reduction, double* results) {
    Call call;
    call.reads(x);
    call.fail_unless(results != nullptr && reduction >= DRAGOMAN_SUM && reduction <= DRAGOMAN_MAX,
                     DRAGOMAN_KERNEL_ARGUMENT);
    call.fail_unless(call.fault != 0 || loops().reduce[x->type] != nullptr, DRAGOMAN_KERNEL_TYPES);
    if (call.fault != 0) return call.fault;
    call.shape.rows = x->rows;
    call.shape.lanes = x->lanes;
    loops().reduce[x->type](call.shape, Call::input(x), reduction, results);
    return DRAGOMAN_KERNEL_OK;
}
}
