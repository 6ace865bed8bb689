// Many rows at once, from whatever Python has: a number, a sequence, a buffer such as numpy's arrays.
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

#include "scalars.hpp"

namespace dragoman::python {

namespace {

constexpr const char* formats[] = {"?", "b", "h", "i", "q", "B", "H", "I", "Q", "f", "d", "Q"};

/// Calls what(T{}) with the C type of a dragoman_type.
template <typename What>
auto with_type(std::uint8_t type, What what) {
    switch (type) {
        case DRAGOMAN_I8:
            return what(std::int8_t{});
        case DRAGOMAN_I16:
            return what(std::int16_t{});
        case DRAGOMAN_I32:
            return what(std::int32_t{});
        case DRAGOMAN_I64:
            return what(std::int64_t{});
        case DRAGOMAN_U16:
            return what(std::uint16_t{});
        case DRAGOMAN_U32:
            return what(std::uint32_t{});
        case DRAGOMAN_U64:
        case DRAGOMAN_ENTITY:
            return what(std::uint64_t{});
        case DRAGOMAN_F32:
            return what(float{});
        case DRAGOMAN_F64:
            return what(double{});
        default:
            return what(std::uint8_t{});
    }
}

template <typename To, typename From>
bool fits(From value) {
    if constexpr (std::is_floating_point_v<To>) {
        return true;
    } else if constexpr (std::is_floating_point_v<From>) {
        // 2^63 and 2^64 are doubles; the greatest integers below them are not.
        return value == std::floor(value) && value >= static_cast<From>(std::numeric_limits<To>::min()) &&
               value < std::ldexp(From{1}, std::numeric_limits<To>::digits);
    } else {
        return std::in_range<To>(value);
    }
}

struct Source {
    const unsigned char* data;
    Py_ssize_t row, lane;  // strides
};

/// The first row that does not fit, or `rows`.
template <typename To, typename From>
std::size_t convert(const Run& run, const Source& source) {
    for (std::size_t row = 0; row < run.rows; ++row) {
        const auto* from = source.data + static_cast<Py_ssize_t>(row) * source.row;
        auto* to = run.data + row * run.stride;
        for (std::uint16_t lane = 0; lane < run.lanes; ++lane, from += source.lane, to += sizeof(To)) {
            From value;
            std::memcpy(&value, from, sizeof value);
            if (!fits<To>(value)) return row;
            // NOLINTNEXTLINE(bugprone-signed-char-misuse): an i8 is a number, not a character
            const To converted = static_cast<To>(value);
            std::memcpy(to, &converted, sizeof converted);
        }
    }
    return run.rows;
}

/// 1 done, 0 not such a buffer, -1 an error.
int write_buffer(const Run& run, const Py_buffer& buffer) {
    const int type = type_of_format(buffer.format, static_cast<std::size_t>(buffer.itemsize));
    const bool flat = buffer.ndim == 1 && run.lanes == 1;
    const bool deep = buffer.ndim == 2 && buffer.shape[1] == run.lanes;
    if (type < 0 || (!flat && !deep)) return 0;
    if (buffer.shape[0] != static_cast<Py_ssize_t>(run.rows)) {
        PyErr_Format(PyExc_ValueError, "%zu rows expected, not %zd", run.rows, buffer.shape[0]);
        return -1;
    }
    const Source source{static_cast<const unsigned char*>(buffer.buf), buffer.strides[0],
                        deep ? buffer.strides[1] : buffer.itemsize};
    const auto done = with_type(run.type, [&](auto to) {
        return with_type(static_cast<std::uint8_t>(type),
                         [&](auto from) { return convert<decltype(to), decltype(from)>(run, source); });
    });
    if (done == run.rows) return 1;
    PyErr_Format(PyExc_OverflowError, "row %zu does not fit into %s", done, type_name(run.type));
    return -1;
}

bool write_sequence(const Run& run, PyObject* value) {
    const Ref values(PySequence_Fast(value, "a number, or a sequence with one for each row, expected"));
    if (!values) return false;
    const auto size = static_cast<std::size_t>(PySequence_Fast_GET_SIZE(values.get()));
    if (size != run.rows) {
        PyErr_Format(PyExc_ValueError, "%zu rows expected, not %zu", run.rows, size);
        return false;
    }
    for (std::size_t row = 0; row < size; ++row)
        if (!write_lanes(run.type, run.lanes, run.array, run.data + row * run.stride,
                         PySequence_Fast_GET_ITEM(values.get(), row)))
            return false;
    return true;
}

bool write_same(const Run& run, PyObject* value) {
    if (run.rows == 0) return true;
    if (!write_lanes(run.type, run.lanes, run.array, run.data, value)) return false;
    const std::size_t bytes = run.lanes * type_size(run.type);
    for (std::size_t row = 1; row < run.rows; ++row) std::memcpy(run.data + row * run.stride, run.data, bytes);
    return true;
}

/// One row's worth: a number, or for arrays a sequence of numbers.
bool is_one_row(const Run& run, PyObject* value) {
    if (!run.array) return value == Py_None || PyNumber_Check(value);
    if (!PyTuple_Check(value) && !PyList_Check(value)) return false;
    if (PySequence_Fast_GET_SIZE(value) != run.lanes) return false;
    PyObject* first = PySequence_Fast_GET_ITEM(value, 0);
    return PyFloat_Check(first) || PyLong_Check(first);
}

}  // namespace

bool write_run(const Run& run, PyObject* value) {
    if (PyFloat_CheckExact(value) || PyLong_CheckExact(value)) {
        if (!run.array) return write_same(run, value);
    } else if (PyObject_CheckBuffer(value)) {
        Py_buffer buffer;
        if (PyObject_GetBuffer(value, &buffer, PyBUF_FULL_RO) == 0) {
            const int written = buffer.ndim == 0 ? 0 : write_buffer(run, buffer);
            const bool number = buffer.ndim == 0;
            PyBuffer_Release(&buffer);
            if (written != 0) return written > 0;
            if (number && !run.array) return write_same(run, value);
            return write_sequence(run, value);
        }
        PyErr_Clear();
    }
    return is_one_row(run, value) ? write_same(run, value) : write_sequence(run, value);
}

const char* format_of(std::uint8_t type) { return type <= DRAGOMAN_ENTITY ? formats[type] : "B"; }

int type_of_format(const char* format, std::size_t item_size) {
    if (!format) return DRAGOMAN_U8;
    if (*format == '@' || *format == '=' || *format == '<') ++format;
    if (*format == 0 || format[1] != 0) return -1;
    const bool known_signed = std::strchr("bhilq", *format) != nullptr;
    if (*format == '?') return DRAGOMAN_BOOL;
    if (*format == 'f') return item_size == 4 ? DRAGOMAN_F32 : -1;
    if (*format == 'd') return item_size == 8 ? DRAGOMAN_F64 : -1;
    if (!known_signed && std::strchr("BHILQ", *format) == nullptr) return -1;
    for (const std::uint8_t type : {DRAGOMAN_I8, DRAGOMAN_I16, DRAGOMAN_I32, DRAGOMAN_I64})
        if (type_size(type) == item_size) return int{type} + (known_signed ? 0 : int{DRAGOMAN_U8} - int{DRAGOMAN_I8});
    return -1;
}

}  // namespace dragoman::python
