#pragma once

#include <array>
#include <span>
#include <vector>

#include "ecs/table.hpp"

namespace dragoman::ecs {

/// Where the components of a new entity go: columns in the order in which somebody gives the components.
struct CreatePlan {
    std::vector<ComponentId> given;
    Table* table = nullptr;
    std::vector<Column*> columns;
    bool has_sides = false;
};

/// The plans used of late, so that who creates many alike entities looks for the table once.
class CreatePlans {
public:
    /// The plan for these components, or one to be made for them: its table is null then.
    CreatePlan& find(std::span<const ComponentId> given) {
        std::size_t hash = given.size();
        for (const auto id : given) hash = hash * 31 + id;
        auto& plan = plans_[hash % plans_.size()];
        if (plan.table && !same(plan.given, given)) plan.table = nullptr;
        return plan;
    }
    void clear() {
        for (auto& plan : plans_) plan.table = nullptr;
    }

private:
    /// A few numbers: calling memcmp costs more.
    static bool same(std::span<const ComponentId> some, std::span<const ComponentId> others) {
        if (some.size() != others.size()) return false;
        for (std::size_t i = 0; i < some.size(); ++i)
            if (some[i] != others[i]) return false;
        return true;
    }

    std::array<CreatePlan, 64> plans_;
};

}  // namespace dragoman::ecs
