// The ticks: nothing is allocated here, and Python sees only the systems' own calls.
#include "column.hpp"
#include "plane.hpp"

namespace dragoman::python {

namespace {

/// The same object as long as the step stays the same, which it nearly always does.
PyObject* float_of(double dt) {
    static PyObject* last = nullptr;
    if (!last || PyFloat_AS_DOUBLE(last) != dt) {
        Py_XDECREF(last);
        last = PyFloat_FromDouble(dt);
    }
    return last;
}

bool call(const System& system, PyObject* dt) {
    PyObject* arguments[] = {nullptr, system.tables.get(), dt};
    Ref result(PyObject_Vectorcall(system.function.get(), arguments + 1, 2 | PY_VECTORCALL_ARGUMENTS_OFFSET, nullptr));
    if (result && system.after) result = Ref(PyObject_CallOneArg(system.after.get(), dt));
    return static_cast<bool>(result);
}

bool run() {
    plane.system = dragoman_plane_system(plane.handle);
    if (plane.system >= plane.systems.size()) {
        PyErr_Format(PyExc_RuntimeError, "the broker runs system %u; there are %zu", plane.system,
                     plane.systems.size());
        return false;
    }
    PyObject* dt = float_of(dragoman_plane_dt(plane.handle));
    if (!dt) return false;
    ++plane.epoch;
    const bool good = call(plane.systems[plane.system], dt);
    ++plane.epoch;
    if (good) dragoman_plane_done(plane.handle);
    return good;
}

int wait(int conversation) {
    dragoman_plane_keep_mappings(plane.handle, exported() > 0);
    PyThreadState* thread = PyEval_SaveThread();
    const int woken = dragoman_plane_wait(plane.handle, conversation);
    PyEval_RestoreThread(thread);
    return woken;
}

}  // namespace

PyObject* open_plane(PyObject*, PyObject*) {
    if (plane.handle) Py_RETURN_NONE;
    plane.handle = dragoman_plane_open();
    if (!plane.handle) return plane_error();
    Py_RETURN_NONE;
}

/// wait(conversation, news): runs systems until there is a line to read: True; or until a system has put something
/// into the list `news`: False.
PyObject* wait_and_run(PyObject*, PyObject* arguments) {
    int descriptor = 0;
    PyObject* news = nullptr;
    if (!PyArg_ParseTuple(arguments, "iO!", &descriptor, &PyList_Type, &news)) return nullptr;
    while (true) {
        switch (wait(descriptor)) {
            case DRAGOMAN_WAIT_RUN:
                if (!run()) return nullptr;
                if (PyList_GET_SIZE(news) > 0) Py_RETURN_FALSE;
                break;
            case DRAGOMAN_WAIT_LINE:
                Py_RETURN_TRUE;
            default:
                return plane_error();
        }
        if (PyErr_CheckSignals() != 0) return nullptr;
    }
}

/// Runs the system that a line has announced.
PyObject* poll_and_run(PyObject*, PyObject*) {
    dragoman_plane_keep_mappings(plane.handle, exported() > 0);
    switch (dragoman_plane_poll(plane.handle)) {
        case DRAGOMAN_WAIT_RUN:
            if (!run()) return nullptr;
            Py_RETURN_NONE;
        case DRAGOMAN_WAIT_LINE:  // wait() was quicker than the line
            Py_RETURN_NONE;
        default:
            return plane_error();
    }
}

/// The running system's number, or None.
PyObject* running_system(PyObject*, PyObject*) {
    if (!plane.runs()) Py_RETURN_NONE;
    return PyLong_FromUnsignedLong(plane.system);
}

PyObject* tick_of_plane(PyObject*, PyObject*) {
    if (!in_a_run("tick()")) return nullptr;
    return PyLong_FromUnsignedLongLong(dragoman_plane_tick(plane.handle));
}

}  // namespace dragoman::python
