#pragma once
// What every kernel does before and after its loop: looks at the operands, chooses the buffers of the mode `replace`,
// and marks what was written. Nothing is changed before everything is known to be well.
#include "clients/plane/kernels_loops.hpp"

namespace dragoman::kernels {

/// The kernel names its outputs and inputs, states what they must be, and stops where `fault` is set; then it takes the
/// inputs' operands, then the outputs', and says done().
class Call {
public:
    int fault = DRAGOMAN_KERNEL_OK;  ///< the first one
    Shape shape{0, 0, true};

    void writes(const dragoman_span* span);
    void reads(const dragoman_span* span);
    void fail_unless(bool well, int otherwise) {
        if (fault == DRAGOMAN_KERNEL_OK && !well) fault = otherwise;
    }
    /// The same type, rows and lanes.
    void alike(const dragoman_span* a, const dragoman_span* b);
    void same_rows(const dragoman_span* a, const dragoman_span* b);
    void one_lane(const dragoman_span* a) { fail_unless(fault != 0 || a->lanes == 1, DRAGOMAN_KERNEL_LANES); }
    void of_floats(const dragoman_span* a) { fail_unless(fault != 0 || is_float(a->type), DRAGOMAN_KERNEL_TYPES); }
    /// No output meets another, nor an input but where they are the same span. `same_too`: not even then.
    void apart(bool same_too = false);

    static Operand input(const dragoman_span* span);
    /// Where the loop writes whole rows, and all of them, nothing has to be copied before.
    Operand output(const dragoman_span* span, bool all_rows = true);
    void done();

private:
    void look_at(const dragoman_span* span);

    const dragoman_span* outputs_[2] = {};
    const dragoman_span* inputs_[3] = {};
    uint32_t output_count_ = 0;
    uint32_t input_count_ = 0;
};

/// The argument in the operands' type; false where that cannot hold it.
template <class T>
inline bool rounds_to(double x, T* rounded) {
    *rounded = static_cast<T>(x);
    return is_finite(static_cast<double>(*rounded));
}

/// body(loops, T()) for the type of an operand that is known to be f32 or f64.
template <class F>
inline int by_float(const dragoman_span* span, F body) {
    return span->type == DRAGOMAN_F32 ? body(loops().f32, float()) : body(loops().f64, double());
}

}  // namespace dragoman::kernels
