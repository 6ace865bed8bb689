#include "ecs/world.hpp"

namespace dragoman::ecs {

namespace {

std::size_t text_bytes(const Column& column, std::size_t rows) {
    const auto sides = column.component().side_defaults.size();
    auto bytes = sides * rows * sizeof(Text);
    for (std::size_t side = 0; side < sides; ++side)
        for (std::size_t row = 0; row < rows; ++row) bytes += column.text(side, row).size();
    return bytes;
}

}  // namespace

Statistics World::statistics() const {
    return {entities_.living(), types_.size(), tables_.size(),      queries_.size(),
            budget_.used(),     log_.size(),   entities_.reserved()};
}

std::vector<ComponentStatistics> World::component_statistics() const {
    std::vector<ComponentStatistics> all(types_.size());
    for (ComponentId id = 0; id < types_.size(); ++id)
        if (const auto* arena = types_[id]->arena.get()) all[id].file_bytes = arena->file_bytes();
    for (const auto& table : tables_) {
        for (const auto& column : table->columns()) {
            auto& one = all[column->id()];
            ++one.tables;
            one.rows += table->rows();
            one.column_bytes += column->slice().bytes + column->back().bytes;
            one.text_bytes += text_bytes(*column, table->rows());
        }
    }
    return all;
}

}  // namespace dragoman::ecs
