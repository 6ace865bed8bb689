// What takes scalars of any type and moves them as they are; masks.
#include "clients/plane/kernels_call.hpp"

using namespace dragoman::kernels;

namespace {

template <class T>
bool whole_bits(double value, uint64_t* bits) {
    // the next above the highest is exact as a double, the highest of 64 bits is not
    constexpr double above = static_cast<double>(T(T(1) << (sizeof(T) * 8 - 2))) * (T(-1) < T(0) ? 2 : 4);
    constexpr double lowest = T(-1) < T(0) ? -above : 0;
    if (!(value >= lowest && value < above)) return false;
    const T whole = static_cast<T>(value);
    *bits = static_cast<uint64_t>(static_cast<int64_t>(whole));  // a type of fewer bits takes the lower ones
    return static_cast<double>(whole) == value;
}

/// The value as it lies in memory; false where the type cannot hold it.
bool bits_of(double value, uint32_t type, uint64_t* bits) {
    switch (type) {
        case DRAGOMAN_BOOL:
            return whole_bits<uint8_t>(value, bits) && *bits <= 1;
        case DRAGOMAN_I8:
            return whole_bits<int8_t>(value, bits);
        case DRAGOMAN_I16:
            return whole_bits<int16_t>(value, bits);
        case DRAGOMAN_I32:
            return whole_bits<int32_t>(value, bits);
        case DRAGOMAN_I64:
            return whole_bits<int64_t>(value, bits);
        case DRAGOMAN_U8:
            return whole_bits<uint8_t>(value, bits);
        case DRAGOMAN_U16:
            return whole_bits<uint16_t>(value, bits);
        case DRAGOMAN_U32:
            return whole_bits<uint32_t>(value, bits);
        case DRAGOMAN_U64:
            return whole_bits<uint64_t>(value, bits);
        case DRAGOMAN_ENTITY:
            return whole_bits<uint64_t>(value, bits) && *bits >> 52 == 0;  // index and generation
        case DRAGOMAN_F32: {
            const auto rounded = static_cast<float>(value);
            uint32_t half = 0;
            __builtin_memcpy(&half, &rounded, sizeof half);
            *bits = half;
            return is_finite(static_cast<double>(rounded)) || !is_finite(value);
        }
        default:
            __builtin_memcpy(bits, &value, sizeof *bits);
            return true;
    }
}

/// The shape in units, to move them as they are.
Shape in_units(const Call& call, const dragoman_span* y) {
    Shape shape = call.shape;
    shape.lanes = width(*y) / unit_of(y->type);
    return shape;
}

/// Indices below `rows`, which are looked at before anything is written.
void check_indices(Call& call, const dragoman_span* index, uint64_t rows) {
    if (call.fault != 0 || index->rows == 0) return;
    const uint32_t highest = loops().move.highest(index->rows, Call::input(index));
    call.fail_unless(highest < rows && (index->type == DRAGOMAN_U32 || highest <= INT32_MAX), DRAGOMAN_KERNEL_INDEX);
}

void same_type_and_lanes(Call& call, const dragoman_span* y, const dragoman_span* x) {
    if (call.fault != 0) return;
    call.fail_unless(y->type == x->type, DRAGOMAN_KERNEL_TYPES);
    call.fail_unless(y->lanes == x->lanes, DRAGOMAN_KERNEL_LANES);
}

}  // namespace

extern "C" {

int dragoman_copy(const dragoman_span* y, const dragoman_span* x) {
    Call call;
    call.writes(y);
    call.reads(x);
    call.alike(y, x);
    call.apart();
    if (call.fault != 0) return call.fault;
    const Operand in = Call::input(x);
    loops().move.copy(in_units(call, y), unit_of(y->type), call.output(y), in);
    call.done();
    return DRAGOMAN_KERNEL_OK;
}

int dragoman_fill(const dragoman_span* y, double value) {
    Call call;
    call.writes(y);
    uint64_t bits = 0;
    call.fail_unless(call.fault != 0 || bits_of(value, y->type, &bits), DRAGOMAN_KERNEL_ARGUMENT);
    if (call.fault != 0) return call.fault;
    const uint32_t unit = y->type == DRAGOMAN_ENTITY ? handle_unit : size_of(y->type);
    loops().move.fill(call.shape, unit, call.output(y), bits);
    call.done();
    return DRAGOMAN_KERNEL_OK;
}

int dragoman_gather(const dragoman_span* y, const dragoman_span* x, const dragoman_span* index) {
    Call call;
    call.writes(y);
    call.reads(x);
    call.reads(index);
    same_type_and_lanes(call, y, x);
    call.fail_unless(call.fault != 0 || is_index(index->type), DRAGOMAN_KERNEL_TYPES);
    call.one_lane(index);
    call.same_rows(y, index);
    call.apart(true);
    if (call.fault == 0) check_indices(call, index, x->rows);
    if (call.fault != 0) return call.fault;
    const Operand in = Call::input(x);
    const Operand at = Call::input(index);
    loops().move.gather(in_units(call, y), unit_of(y->type), call.output(y), in, at);
    call.done();
    return DRAGOMAN_KERNEL_OK;
}

int dragoman_scatter(const dragoman_span* y, const dragoman_span* x, const dragoman_span* index) {
    Call call;
    call.writes(y);
    call.reads(x);
    call.reads(index);
    same_type_and_lanes(call, y, x);
    call.fail_unless(call.fault != 0 || is_index(index->type), DRAGOMAN_KERNEL_TYPES);
    call.one_lane(index);
    call.same_rows(x, index);
    call.apart(true);
    if (call.fault == 0) check_indices(call, index, y->rows);
    if (call.fault != 0) return call.fault;
    const Operand in = Call::input(x);
    const Operand at = Call::input(index);
    call.shape.rows = x->rows;
    loops().move.scatter(in_units(call, y), unit_of(y->type), call.output(y, false), in, at);
    call.done();
    return DRAGOMAN_KERNEL_OK;
}

int dragoman_compare(const dragoman_span* mask, const dragoman_span* x, int comparison, double value) {
    Call call;
    call.writes(mask);
    call.reads(x);
    call.fail_unless(call.fault != 0 || is_mask(mask->type), DRAGOMAN_KERNEL_TYPES);
    call.one_lane(mask);
    call.one_lane(x);
    call.same_rows(mask, x);
    call.fail_unless(comparison >= DRAGOMAN_LESS && comparison <= DRAGOMAN_NOT_EQUAL && value == value,
                     DRAGOMAN_KERNEL_ARGUMENT);
    call.apart();
    if (call.fault != 0) return call.fault;
    const Operand in = Call::input(x);
    loops().compare[x->type](call.shape, call.output(mask), in, comparison, value);
    call.done();
    return DRAGOMAN_KERNEL_OK;
}

int dragoman_select(const dragoman_span* y, const dragoman_span* x, const dragoman_span* mask) {
    Call call;
    call.writes(y);
    call.reads(x);
    call.reads(mask);
    call.alike(y, x);
    call.fail_unless(call.fault != 0 || is_mask(mask->type), DRAGOMAN_KERNEL_TYPES);
    call.one_lane(mask);
    call.same_rows(y, mask);
    call.apart();
    if (call.fault != 0) return call.fault;
    const Operand in = Call::input(x);
    const Operand taken = Call::input(mask);
    loops().move.select(in_units(call, y), unit_of(y->type), call.output(y), in, taken);
    call.done();
    return DRAGOMAN_KERNEL_OK;
}

int dragoman_where(const dragoman_span* mask, uint32_t* rows, uint64_t* count) {
    Call call;
    call.reads(mask);
    call.fail_unless(call.fault != 0 || is_mask(mask->type), DRAGOMAN_KERNEL_TYPES);
    call.one_lane(mask);
    call.fail_unless(call.fault != 0 || (count != nullptr && (rows != nullptr || mask->rows == 0)),
                     DRAGOMAN_KERNEL_ARGUMENT);
    if (call.fault != 0) return call.fault;
    *count = loops().move.where(mask->rows, Call::input(mask), rows);
    return DRAGOMAN_KERNEL_OK;
}
}
