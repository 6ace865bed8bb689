#include "clients/plane/kernels_call.hpp"

namespace dragoman::kernels {

namespace {

bool is_dense(const dragoman_span& span) { return span.stride == width(span); }

bool is_aligned(const void* data, const dragoman_span& span) {
    const uint32_t size = unit_of(span.type);
    return reinterpret_cast<uintptr_t>(data) % size == 0 && (span.stride % size == 0 || span.rows < 2);
}

bool meet(const void* a_data, const dragoman_span& a, const void* b_data, const dragoman_span& b) {
    if (a.rows == 0 || b.rows == 0) return false;
    const auto a_first = reinterpret_cast<uintptr_t>(a_data);
    const auto b_first = reinterpret_cast<uintptr_t>(b_data);
    const uintptr_t a_end = a_first + (a.rows - 1) * a.stride + width(a);
    const uintptr_t b_end = b_first + (b.rows - 1) * b.stride + width(b);
    if (a_end <= b_first || b_end <= a_first) return false;
    if (a.stride != b.stride) return true;
    // the rows are interleaved: they meet unless each fits between the other's
    const uintptr_t behind =
        (b_first >= a_first ? b_first - a_first : a.stride - (a_first - b_first) % a.stride) % a.stride;
    return behind < width(a) || behind + width(b) > a.stride;
}

bool are_same(const void* a_data, const dragoman_span& a, const void* b_data, const dragoman_span& b) {
    return a_data == b_data && a.stride == b.stride && width(a) == width(b) && a.rows == b.rows;
}

}  // namespace

void Call::look_at(const dragoman_span* span) {
    if (fault != DRAGOMAN_KERNEL_OK) return;
    fail_unless(span != nullptr, DRAGOMAN_KERNEL_ARGUMENT);
    if (span == nullptr) return;
    fail_unless(size_of(span->type) != 0, DRAGOMAN_KERNEL_TYPES);
    if (fault != DRAGOMAN_KERNEL_OK) return;
    fail_unless(span->lanes != 0 && (span->stride >= width(*span) || span->rows < 2), DRAGOMAN_KERNEL_LANES);
    fail_unless(span->rows == 0 || span->data != nullptr, DRAGOMAN_KERNEL_ARGUMENT);
    fail_unless(is_aligned(span->data, *span) && is_aligned(span->previous, *span), DRAGOMAN_KERNEL_TYPES);
    shape.dense = shape.dense && is_dense(*span);
}

void Call::writes(const dragoman_span* span) {
    look_at(span);
    if (fault != DRAGOMAN_KERNEL_OK) return;
    fail_unless(span->writable != 0, DRAGOMAN_KERNEL_READONLY);
    if (output_count_ == 0) {
        shape.rows = span->rows;
        shape.lanes = span->lanes;
    }
    outputs_[output_count_++] = span;
}

void Call::reads(const dragoman_span* span) {
    look_at(span);
    if (fault == DRAGOMAN_KERNEL_OK) inputs_[input_count_++] = span;
}

void Call::alike(const dragoman_span* a, const dragoman_span* b) {
    if (fault != DRAGOMAN_KERNEL_OK) return;
    fail_unless(a->type == b->type, DRAGOMAN_KERNEL_TYPES);
    same_rows(a, b);
    fail_unless(a->lanes == b->lanes, DRAGOMAN_KERNEL_LANES);
}

void Call::same_rows(const dragoman_span* a, const dragoman_span* b) {
    if (fault == DRAGOMAN_KERNEL_OK) fail_unless(a->rows == b->rows, DRAGOMAN_KERNEL_ROWS);
}

void Call::apart(bool same_too) {
    if (fault != DRAGOMAN_KERNEL_OK) return;
    for (uint32_t i = 0; i < output_count_; ++i) {
        const dragoman_span& output = *outputs_[i];
        for (uint32_t j = 0; j < input_count_; ++j) {
            const void* from = input(inputs_[j]).from;
            const bool allowed = !same_too && are_same(output.data, output, from, *inputs_[j]);
            fail_unless(allowed || !meet(output.data, output, from, *inputs_[j]), DRAGOMAN_KERNEL_OVERLAP);
        }
        for (uint32_t j = 0; j < i; ++j) {
            fail_unless(!meet(output.data, output, outputs_[j]->data, *outputs_[j]), DRAGOMAN_KERNEL_OVERLAP);
        }
    }
}

Operand Call::input(const dragoman_span* span) {
    const bool elsewhere = span->fresh != nullptr && *span->fresh == 0;
    return {nullptr, static_cast<const unsigned char*>(elsewhere ? span->previous : span->data), span->stride};
}

Operand Call::output(const dragoman_span* span, bool all_rows) {
    auto* to = static_cast<unsigned char*>(span->data);
    if (span->fresh == nullptr || *span->fresh != 0) return {to, to, span->stride};
    if (all_rows && is_dense(*span)) return {to, static_cast<const unsigned char*>(span->previous), span->stride};
    dragoman_span whole = *span;
    dragoman_span_prepare(&whole);
    return {to, to, span->stride};
}

void Call::done() {
    for (uint32_t i = 0; i < output_count_; ++i) {
        if (outputs_[i]->fresh != nullptr) *outputs_[i]->fresh = 1;
    }
}

}  // namespace dragoman::kernels
