#include "ecs/query.hpp"

#include <algorithm>

namespace dragoman::ecs {

std::size_t Query::rows() const {
    std::size_t rows = 0;
    for (const auto* table : tables_) rows += table->rows();
    return rows;
}

bool Query::matches(const Table& table) const {
    const auto there = [&table](ComponentId id) { return table.has(id); };
    const auto hides = [this](const auto& column) {
        return column->component().parks && std::ranges::find(terms_.with, column->id()) == terms_.with.end();
    };
    return std::ranges::all_of(terms_.with, there) && std::ranges::none_of(terms_.without, there) &&
           std::ranges::none_of(table.columns(), hides);
}

void Query::table_came(Table& table) {
    if (matches(table)) tables_.push_back(&table);
}

void Query::table_went(const Table& table) { std::erase(tables_, &table); }

}  // namespace dragoman::ecs
