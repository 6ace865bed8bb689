// CPython inside this process: the same statements of numpy as a script's, over plain memory; and bindings as
// programs that embed Python often have them, an object for each component with a property for each field.

#include <Python.h>

#include <stdexcept>

#include "tests/bench/embedded_rows.hpp"
#include "tests/bench/systems_native.hpp"
#include "tests/bench/systems_world.hpp"

namespace dragoman::bench {
namespace {

/// The statements of scripts/move_numpy.py.
constexpr const char* numpy_source = R"(
import numpy
def prepare(rows, position_memory, velocity_memory):
    global position, velocity, scratch
    position = numpy.frombuffer(position_memory, numpy.float32).reshape(rows, 3)
    velocity = numpy.frombuffer(velocity_memory, numpy.float32).reshape(rows, 3)
    scratch = numpy.empty_like(position)
def movement(dt):
    numpy.multiply(velocity, dt, out=scratch)
    numpy.add(position, scratch, out=position)
def moved():
    return float(position[-1, 2])
)";

constexpr const char* bindings_source = R"(
import bench_rows
def prepare(rows, *_):
    global world
    world = bench_rows.World(rows)
def movement(dt):
    position_of, velocity_of = world.position, world.velocity
    for i in range(len(world)):
        p, v = position_of(i), velocity_of(i)
        p.x += v.x * dt
        p.y += v.y * dt
        p.z += v.z * dt
def moved():
    return world.position(len(world) - 1).z
)";

[[noreturn]] void fail() {
    PyErr_Print();
    throw std::runtime_error("Python raised an exception");
}

/// A reference that is given back.
class Object {
public:
    explicit Object(PyObject* object) : object_(object) {
        if (object == nullptr) fail();
    }
    ~Object() { Py_DECREF(object_); }
    Object(const Object&) = delete;
    PyObject* get() const { return object_; }

private:
    PyObject* object_;
};

/// Once in a process: numpy cannot be loaded twice.
void start_python() {
    if (Py_IsInitialized() != 0) return;
    PyImport_AppendInittab("bench_rows", make_rows_module);
    PyConfig config;
    PyConfig_InitPythonConfig(&config);
    config.install_signal_handlers = 0;
    // Another interpreter may stand before the system's on PATH.
    PyConfig_SetString(&config, &config.program_name, L"/usr/bin/python3");
    const PyStatus status = Py_InitializeFromConfig(&config);
    PyConfig_Clear(&config);
    if (PyStatus_Exception(status) != 0) throw std::runtime_error("Python cannot be started in this process");
}

class Embedded {
public:
    Embedded(std::size_t rows, const char* source)
        : position_(rows * 3, 1, 0), velocity_(rows * 3, 3, 32), names_((start_python(), PyDict_New())) {
        PyDict_SetItemString(names_.get(), "__builtins__", PyEval_GetBuiltins());
        const Object done(PyRun_String(source, Py_file_input, names_.get(), names_.get()));
        const Object prepared(PyObject_CallFunction(named("prepare"), "nNN", static_cast<Py_ssize_t>(rows),
                                                    lend(position_), lend(velocity_)));
        tick();
        const Object moved(PyObject_CallNoArgs(named("moved")));
        if (PyFloat_AsDouble(moved.get()) != 1 + 3 * step)
            throw std::runtime_error("Python does not move what it should");
    }
    void tick() { const Object done(PyObject_CallFunction(named("movement"), "d", step)); }

private:
    PyObject* named(const char* name) const {
        PyObject* const found = PyDict_GetItemString(names_.get(), name);
        if (found == nullptr) throw std::logic_error(name);
        return found;
    }
    static PyObject* lend(Array<float>& numbers) {
        return PyMemoryView_FromMemory(reinterpret_cast<char*>(numbers.data()),
                                       static_cast<Py_ssize_t>(numbers.size() * sizeof(float)), PyBUF_WRITE);
    }

    Array<float> position_;
    Array<float> velocity_;
    Object names_;
};

void same_statements(const Plan& plan, Results& results, const Rows& rows, const std::string& id) {
    ScriptWorld script(plan, {.scripts = {"move_numpy.py"}, .rows = rows.count});
    Embedded embedded(rows.count, numpy_source);
    const Effort effort = effort_for(plan, rows.count * 2);
    const auto floor = [&] { return typical(effort, [&] { embedded.tick(); }); };
    const auto ours = [&] { return typical(effort, [&] { script.tick(); }); };
    floor();
    ours();
    Row row = alternate(plan, id, 1.15, "us", floor, ours);
    row.note = "numpy; embedded over plain memory";
    results.add(std::move(row));
}

void bindings(const Plan& plan, Results& results, const std::string& id) {
    constexpr std::size_t rows = 100'000;
    ScriptWorld script(plan, {.scripts = {"move.py"}, .rows = rows});
    Embedded embedded(rows, bindings_source);
    const auto floor = [&] { return typical(effort_for(plan, rows), [&] { script.tick(); }); };
    const auto ours = [&] { return typical({plan.quick ? 1 : 3, 1}, [&] { embedded.tick(); }); };
    floor();
    ours();
    Row row = alternate(plan, id, 500, "us", floor, ours);
    row.at_least = true;
    row.note = "embedded, properties of objects in C; over our script's kernel";
    results.add(std::move(row));
}

}  // namespace

void embedded_python(const Plan& plan, Results& results) {
    const Attempt attempt(plan, results);
    for (const Rows& rows : {row_counts[0], row_counts[1]})
        attempt(std::string("embedded.numpy.") + rows.name,
                [&](const std::string& id) { same_statements(plan, results, rows, id); });
    attempt("bindings.python.100k", bindings);
}

}  // namespace dragoman::bench
