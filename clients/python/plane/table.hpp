#pragma once

#include <vector>

#include "column.hpp"

namespace dragoman::python {

/// A column that was asked for, by name; empty where the table has none.
struct Known {
    PyObject* name;
    Column* column;
};

/// A table of a system, the same object in each of its runs.
struct Table {
    PyObject_HEAD;
    dragoman_rows rows;
    std::uint64_t epoch;
    std::vector<Known> known;
    Values* entities;
};

bool make_table_type(PyObject* module);
Table* new_table();
/// Its columns are worth nothing from now on.
void forget_table(Table* table);

}  // namespace dragoman::python
