// dragoman._dragoman: the same Channel as dragoman/channel.py, quicker.
#include "from_json.hpp"
#include "lines.hpp"
#include "to_json.hpp"

#include <unistd.h>
#include <cerrno>
#include <exception>
#include <memory>
#include <mutex>
#include <new>
#include <string>

namespace {

using namespace dragoman;

constexpr int levels_around = 4;

struct State {
    State(int read_from, int write_to, std::string_view already_read)
        : lines(read_from, already_read), descriptor(write_to) {}

    Lines lines;
    FromJson from_json;
    std::string spare;  // the last line's memory, for the next one
    std::mutex writing;
    int descriptor;
};

struct Channel {
    PyObject_HEAD;
    State* state;
    PyObject* decode;  // what simdjson refuses: decode(text)
    PyObject* encode;  // what is not plainly JSON: encode(value, what)
};

Channel* self_of(PyObject* object) { return reinterpret_cast<Channel*>(object); }

PyObject* new_channel(PyTypeObject* type, PyObject* args, PyObject*) {
    int read_from = 0, write_to = 0;
    const char* read = nullptr;
    Py_ssize_t size = 0;
    PyObject *decode = nullptr, *encode = nullptr;
    if (!PyArg_ParseTuple(args, "iiy#OO", &read_from, &write_to, &read, &size, &decode, &encode)) return nullptr;
    PyObject* object = type->tp_alloc(type, 0);
    if (!object) return nullptr;
    try {
        self_of(object)->state = new State(read_from, write_to, {read, static_cast<std::size_t>(size)});
    } catch (const std::exception&) {
        Py_DECREF(object);
        return PyErr_NoMemory();
    }
    self_of(object)->decode = Py_NewRef(decode);
    self_of(object)->encode = Py_NewRef(encode);
    return object;
}

void free_channel(PyObject* object) {
    PyTypeObject* type = Py_TYPE(object);
    delete self_of(object)->state;
    Py_XDECREF(self_of(object)->decode);
    Py_XDECREF(self_of(object)->encode);
    type->tp_free(object);
    Py_DECREF(type);
}

PyObject* decode_slowly(Channel* self, std::string_view text) {
    return PyObject_CallFunction(self->decode, "s#", text.data(), static_cast<Py_ssize_t>(text.size()));
}

/// (header, value); nullptr without an error where the line has no header.
PyObject* message_of(Channel* self, std::string_view line) {
    if (line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
    const auto space = line.find(' ');
    if (space == std::string_view::npos || !line.starts_with("__")) return nullptr;
    const auto body = line.substr(space + 1);
    auto& from_json = self->state->from_json;
    PyObject* value = from_json.parse(body.data(), body.size());
    if (!value && !PyErr_Occurred()) value = decode_slowly(self, body);
    PyObject* header = value ? from_json.known.get(line.substr(0, space)) : nullptr;
    PyObject* message = header ? PyTuple_Pack(2, header, value) : nullptr;
    Py_XDECREF(header);
    Py_XDECREF(value);
    return message;
}

PyObject* receive_(Channel* self) {
    auto& lines = self->state->lines;
    while (true) {
        while (const auto line = lines.next()) {
            PyObject* message = message_of(self, *line);
            if (message || PyErr_Occurred()) return message;
        }
        std::ptrdiff_t count = 0;
        int error = 0;
        PyThreadState* thread = PyEval_SaveThread();
        try {
            count = lines.read_more();
            error = errno;
        } catch (const std::bad_alloc&) {
            count = -1;
            error = ENOMEM;
        }
        PyEval_RestoreThread(thread);
        if (count == 0) Py_RETURN_NONE;
        if (count > 0) continue;
        if (error == EINTR) {
            if (PyErr_CheckSignals() != 0) return nullptr;
            continue;
        }
        errno = error;
        return error == ENOMEM ? PyErr_NoMemory() : PyErr_SetFromErrno(PyExc_OSError);
    }
}

PyObject* receive(PyObject* object, PyObject*) {
    try {
        return receive_(self_of(object));
    } catch (const std::exception&) {
        return PyErr_NoMemory();
    }
}

/// Without the interpreter's lock: another thread may run, and may wait here for its turn.
bool write_all(State& state, std::string_view text) {
    int error = 0;
    PyThreadState* thread = PyEval_SaveThread();
    {
        const std::lock_guard turn(state.writing);
        while (!text.empty() && error == 0) {
            const auto count = ::write(state.descriptor, text.data(), text.size());
            if (count >= 0)
                text.remove_prefix(static_cast<std::size_t>(count));
            else if (errno != EINTR)
                error = errno;
        }
    }
    PyEval_RestoreThread(thread);
    if (error == 0) return true;
    if (error == EPIPE) {  // the broker is gone
        PyObject* code = PyLong_FromLong(0);
        PyErr_SetObject(PyExc_SystemExit, code);
        Py_XDECREF(code);
    } else {
        errno = error;
        PyErr_SetFromErrno(PyExc_OSError);
    }
    return false;
}

bool append_text(PyObject* string, std::string& text) {
    Py_ssize_t size = 0;
    const char* data = PyUnicode_AsUTF8AndSize(string, &size);
    if (!data) return false;
    text.append(data, static_cast<std::size_t>(size));
    return true;
}

bool append_value(Channel* self, PyObject* value, PyObject* what, std::string& text) {
    const auto before = text.size();
    if (append_json(value, text)) return true;
    text.resize(before);
    PyObject* slow = what ? PyObject_CallFunctionObjArgs(self->encode, value, what, nullptr)
                          : PyObject_CallFunctionObjArgs(self->encode, value, nullptr);
    const bool done = slow && append_text(slow, text);
    Py_XDECREF(slow);
    return done;
}

PyObject* send_(Channel* self, PyObject* header, PyObject* value, PyObject* what) {
    auto text = std::move(self->state->spare);
    text.clear();
    if (!append_text(header, text)) return nullptr;
    if (value) {
        text += ' ';
        if (!append_value(self, value, what, text)) return nullptr;
    }
    text += '\n';
    if (!write_all(*self->state, text)) return nullptr;
    self->state->spare = std::move(text);
    Py_RETURN_NONE;
}

PyObject* send(PyObject* object, PyObject* const* args, Py_ssize_t count) {
    if (count < 2 || count > 3) return PyErr_Format(PyExc_TypeError, "send(header, value, what)");
    try {
        return send_(self_of(object), args[0], args[1], count == 3 ? args[2] : nullptr);
    } catch (const std::exception&) {
        return PyErr_NoMemory();
    }
}

PyObject* send_line(PyObject* object, PyObject* line) {
    try {
        return send_(self_of(object), line, nullptr, nullptr);
    } catch (const std::exception&) {
        return PyErr_NoMemory();
    }
}

/// encode(value[, longest]): its JSON text, or None where it is not plainly one of JSON's types. With `longest`, also
/// where the text is longer than so many bytes, or too deep for a value inside of two others.
PyObject* encode(PyObject*, PyObject* const* args, Py_ssize_t count) {
    if (count < 1 || count > 2) return PyErr_Format(PyExc_TypeError, "encode(value, longest)");
    JsonLimits limits;
    if (count == 2) {
        limits = {PyLong_AsSize_t(args[1]), levels_around};
        if (PyErr_Occurred()) return nullptr;
    }
    try {
        std::string text;
        if (!append_json(args[0], text, limits) || text.size() > limits.longest) Py_RETURN_NONE;
        return PyUnicode_DecodeASCII(text.data(), static_cast<Py_ssize_t>(text.size()), nullptr);
    } catch (const std::exception&) {
        return PyErr_NoMemory();
    }
}

PyObject* new_module() {
    static PyMethodDef methods[] = {
        {"receive", receive, METH_NOARGS, nullptr},
        {"send", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(send)), METH_FASTCALL, nullptr},
        {"send_line", send_line, METH_O, nullptr},
        {nullptr, nullptr, 0, nullptr},
    };
    static PyType_Slot slots[] = {
        {Py_tp_new, reinterpret_cast<void*>(new_channel)},
        {Py_tp_dealloc, reinterpret_cast<void*>(free_channel)},
        {Py_tp_methods, methods},
        {0, nullptr},
    };
    static PyType_Spec channel = {"dragoman._dragoman.Channel", sizeof(Channel), 0, Py_TPFLAGS_DEFAULT, slots};
    static PyMethodDef functions[] = {
        {"encode", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(encode)), METH_FASTCALL, nullptr},
        {nullptr, nullptr, 0, nullptr}};
    static PyModuleDef definition = {
        PyModuleDef_HEAD_INIT, "_dragoman", nullptr, -1, functions, nullptr, nullptr, nullptr, nullptr};

    PyObject* module = PyModule_Create(&definition);
    PyObject* type = module ? PyType_FromSpec(&channel) : nullptr;
    if (type && PyModule_AddObjectRef(module, "Channel", type) == 0) {
        Py_DECREF(type);
        return module;
    }
    Py_XDECREF(type);
    Py_XDECREF(module);
    return nullptr;
}

}  // namespace

PyMODINIT_FUNC PyInit__dragoman() { return new_module(); }
