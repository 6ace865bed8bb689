#include "scalars.hpp"

#include <cmath>
#include <cstring>
#include <limits>

#include "entity.hpp"

namespace dragoman::python {

namespace {

template <typename T>
T load(const void* bytes) {
    T value;
    std::memcpy(&value, bytes, sizeof value);
    return value;
}

template <typename T>
bool store(void* bytes, T value) {
    std::memcpy(bytes, &value, sizeof value);
    return true;
}

bool refuse(std::uint8_t type, PyObject* value, PyObject* error = PyExc_OverflowError) {
    PyErr_Format(error, "%.100R does not fit into %s", value, type_name(type));
    return false;
}

/// An int, or what counts as one: numpy's integers, and whole floats.
Ref whole(std::uint8_t type, PyObject* value) {
    if (PyFloat_Check(value)) {
        const double number = PyFloat_AS_DOUBLE(value);
        if (number == std::floor(number) && std::isfinite(number)) return Ref(PyLong_FromDouble(number));
        refuse(type, value, PyExc_ValueError);
        return {};
    }
    return Ref(PyNumber_Index(value));
}

template <typename T>
bool store_signed(std::uint8_t type, void* bytes, PyObject* value) {
    const Ref number = whole(type, value);
    if (!number) return false;
    int overflow = 0;
    const long long wide = PyLong_AsLongLongAndOverflow(number.get(), &overflow);
    if (overflow != 0 || wide < std::numeric_limits<T>::min() || wide > std::numeric_limits<T>::max())
        return refuse(type, value);
    return store(bytes, static_cast<T>(wide));
}

template <typename T>
bool store_unsigned(std::uint8_t type, void* bytes, PyObject* value, unsigned long long most) {
    const Ref number = whole(type, value);
    if (!number) return false;
    const unsigned long long wide = PyLong_AsUnsignedLongLong(number.get());
    if (wide == ~0ULL && PyErr_Occurred()) {
        PyErr_Clear();
        return refuse(type, value);
    }
    if (wide > most) return refuse(type, value);
    return store(bytes, static_cast<T>(wide));
}

template <typename T>
bool store_unsigned(std::uint8_t type, void* bytes, PyObject* value) {
    return store_unsigned<T>(type, bytes, value, std::numeric_limits<T>::max());
}

bool store_float(std::uint8_t type, void* bytes, PyObject* value) {
    const double number = PyFloat_CheckExact(value) ? PyFloat_AS_DOUBLE(value) : PyFloat_AsDouble(value);
    if (number == -1.0 && PyErr_Occurred()) return false;
    return type == DRAGOMAN_F32 ? store(bytes, static_cast<float>(number)) : store(bytes, number);
}

}  // namespace

PyObject* read_scalar(std::uint8_t type, const void* bytes) {
    switch (type) {
        case DRAGOMAN_BOOL:
            return PyBool_FromLong(load<std::uint8_t>(bytes));
        case DRAGOMAN_I8:
            return PyLong_FromLong(load<std::int8_t>(bytes));
        case DRAGOMAN_I16:
            return PyLong_FromLong(load<std::int16_t>(bytes));
        case DRAGOMAN_I32:
            return PyLong_FromLong(load<std::int32_t>(bytes));
        case DRAGOMAN_I64:
            return PyLong_FromLongLong(load<std::int64_t>(bytes));
        case DRAGOMAN_U8:
            return PyLong_FromLong(load<std::uint8_t>(bytes));
        case DRAGOMAN_U16:
            return PyLong_FromLong(load<std::uint16_t>(bytes));
        case DRAGOMAN_U32:
            return PyLong_FromUnsignedLong(load<std::uint32_t>(bytes));
        case DRAGOMAN_U64:
            return PyLong_FromUnsignedLongLong(load<std::uint64_t>(bytes));
        case DRAGOMAN_F32:
            return PyFloat_FromDouble(load<float>(bytes));
        case DRAGOMAN_F64:
            return PyFloat_FromDouble(load<double>(bytes));
        default:
            return new_entity(load<dragoman_entity>(bytes));
    }
}

bool write_scalar(std::uint8_t type, void* bytes, PyObject* value) {
    switch (type) {
        case DRAGOMAN_BOOL: {
            const int truth = PyObject_IsTrue(value);
            return truth >= 0 && store(bytes, static_cast<std::uint8_t>(truth));
        }
        case DRAGOMAN_I8:
            return store_signed<std::int8_t>(type, bytes, value);
        case DRAGOMAN_I16:
            return store_signed<std::int16_t>(type, bytes, value);
        case DRAGOMAN_I32:
            return store_signed<std::int32_t>(type, bytes, value);
        case DRAGOMAN_I64:
            return store_signed<std::int64_t>(type, bytes, value);
        case DRAGOMAN_U8:
            return store_unsigned<std::uint8_t>(type, bytes, value);
        case DRAGOMAN_U16:
            return store_unsigned<std::uint16_t>(type, bytes, value);
        case DRAGOMAN_U32:
            return store_unsigned<std::uint32_t>(type, bytes, value);
        case DRAGOMAN_U64:
            return store_unsigned<std::uint64_t>(type, bytes, value);
        case DRAGOMAN_F32:
        case DRAGOMAN_F64:
            return store_float(type, bytes, value);
        default:
            if (value == Py_None) return store(bytes, std::uint64_t{0});
            return store_unsigned<std::uint64_t>(type, bytes, value, (1ULL << 52) - 1);
    }
}

PyObject* read_lanes(std::uint8_t type, std::uint16_t lanes, bool array, const void* bytes) {
    if (!array) return read_scalar(type, bytes);
    PyObject* tuple = PyTuple_New(lanes);
    if (!tuple) return nullptr;
    const auto* at = static_cast<const unsigned char*>(bytes);
    for (std::uint16_t lane = 0; lane < lanes; ++lane, at += type_size(type)) {
        PyObject* value = read_scalar(type, at);
        if (!value) {
            Py_DECREF(tuple);
            return nullptr;
        }
        PyTuple_SET_ITEM(tuple, lane, value);
    }
    return tuple;
}

bool write_lanes(std::uint8_t type, std::uint16_t lanes, bool array, void* bytes, PyObject* value) {
    if (!array) return write_scalar(type, bytes, value);
    const Ref values(PySequence_Fast(value, "a sequence of numbers expected"));
    if (!values) return false;
    if (PySequence_Fast_GET_SIZE(values.get()) != lanes) {
        PyErr_Format(PyExc_ValueError, "%d numbers expected, not %zd", int{lanes},
                     PySequence_Fast_GET_SIZE(values.get()));
        return false;
    }
    const std::size_t size = type_size(type);
    std::vector<unsigned char> row(lanes * size);
    for (std::uint16_t lane = 0; lane < lanes; ++lane)
        if (!write_scalar(type, row.data() + lane * size, PySequence_Fast_GET_ITEM(values.get(), lane))) return false;
    std::memcpy(bytes, row.data(), row.size());
    return true;
}

void name_error(PyObject* component, PyObject* field) {
    PyObject *kind = nullptr, *value = nullptr, *trace = nullptr;
    PyErr_Fetch(&kind, &value, &trace);
    const Ref owner(kind), text(value), rest(trace);
    if (field)
        PyErr_Format(kind, "%U.%U: %S", component, field, value ? value : Py_None);
    else
        PyErr_Format(kind, "%U: %S", component, value ? value : Py_None);
}

}  // namespace dragoman::python
