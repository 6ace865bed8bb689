#pragma once

#include <compare>
#include <span>
#include <vector>

#include "ecs/table.hpp"

namespace dragoman::ecs {

/// Which tables: those with all of one set of components and none of another. Order and repetition do not matter.
/// Entities with the tag `Parked` are found only where `with` names it.
struct QueryTerms {
    std::vector<ComponentId> with;
    std::vector<ComponentId> without;
    friend auto operator<=>(const QueryTerms&, const QueryTerms&) = default;
};

/// The tables that match, kept up to date as tables come. Their order is that of creation; with the order of rows
/// it is the order of every iteration. Lives until the world is cleared or one of its components is rolled back.
class Query {
public:
    explicit Query(QueryTerms terms) : terms_(std::move(terms)) {}

    const QueryTerms& terms() const { return terms_; }
    std::span<const Table* const> tables() const { return {tables_.data(), tables_.size()}; }
    std::span<Table* const> tables() { return tables_; }
    std::size_t rows() const;

    bool matches(const Table& table) const;
    void table_came(Table& table);
    void table_went(const Table& table);

private:
    QueryTerms terms_;
    std::vector<Table*> tables_;
};

}  // namespace dragoman::ecs
