#include "plane.hpp"

#include <dragoman/calls.hpp>
#include <dragoman/kernels.hpp>

#include <utility>

namespace dragoman {
namespace {

[[noreturn]] void refuse_access(std::uint32_t component, const char* verb) {
    throw Error("denied", std::string("the system ") + detail::running.system + " does not declare that it " + verb +
                              ' ' + plane::schema(component).name);
}

}  // namespace

detail::Running detail::running;

const Entity* detail::entities(Place table) {
    std::uint32_t cursor = table.number;
    dragoman_rows rows{};
    dragoman_plane_next(plane::running(), &cursor, &rows);
    return reinterpret_cast<const Entity*>(rows.entities);
}

detail::Place detail::find_changed(std::uint32_t number) {
    dragoman_rows rows{};
    if (dragoman_plane_next(plane::running(), &number, &rows) == 0) return {0, 0, running.list->count};
    return {rows.table, rows.rows, number - 1};
}

void* detail::find_column(std::uint32_t table, std::uint32_t component, bool to_write) {
    dragoman_span span{};
    const int found = dragoman_plane_column(plane::running(), table, component, &span);
    if (found < 0 || (to_write && found == 0 && span.writable == 0))
        refuse_access(component, to_write ? "writes" : "reads");
    if (found > 0) return nullptr;
    if (to_write) {
        dragoman_span_prepare(&span);
        return span.data;
    }
    const bool is_fresh = span.fresh == nullptr || *span.fresh != 0;
    return is_fresh ? span.data : const_cast<void*>(span.previous);
}

detail::Replacement detail::find_replacement(std::uint32_t table, std::uint32_t component) {
    dragoman_span span{};
    const int found = dragoman_plane_column(plane::running(), table, component, &span);
    if (found != 0 || span.writable == 0 || span.fresh == nullptr || *span.fresh != 0) {
        void* first = find_column(table, component, true);
        if (first == nullptr) refuse_optional(component);
        return {first, first, nullptr, span.stride, span.rows};
    }
    return {span.previous, span.data, span.fresh, span.stride, span.rows};
}

void detail::finish_replacing() {
    const Replacing& loop = *std::exchange(running.replacing, nullptr);
    for (Replacement* column = loop.columns; column != loop.columns + loop.count; ++column) {
        if (column->fresh == nullptr) continue;
        const std::size_t done = loop.row * column->size;
        std::memcpy(static_cast<char*>(column->to) + done, static_cast<const char*>(column->from) + done,
                    (column->rows - loop.row) * column->size);
        column->from = column->to;
        *column->fresh = 1;
    }
}

void detail::refuse_optional(std::uint32_t component) {
    const std::string& name = plane::schema(component).name;
    throw Error("no_component", "a table of the system " + std::string(running.system) + " has no " + name +
                                    ", which is optional: ask for " + name + "*, which is null there");
}

bool Table::has(std::string_view component) const { return has(plane::find(component)); }

bool Table::has(std::uint32_t component) const {
    return detail::running.components[component].columns[place_.table].front != DRAGOMAN_NOWHERE;
}

Column Table::operator[](std::string_view component) const { return whole(plane::find(component)); }

Column Table::whole(std::uint32_t component) const {
    dragoman_span span{};
    const int found = dragoman_plane_column(plane::running(), place_.table, component, &span);
    if (found < 0) refuse_access(component, "reads");
    if (found > 0) return {};
    const plane::Schema& schema = plane::schema(component);
    span.type = schema.type;
    span.lanes = schema.lanes;
    return Column(span);
}

Column Column::member(std::size_t offset, std::uint8_t type, std::size_t lanes) const {
    Column column = *this;
    if (span_.data != nullptr) column.span_.data = static_cast<char*>(span_.data) + offset;
    if (span_.previous != nullptr) column.span_.previous = static_cast<const char*>(span_.previous) + offset;
    column.span_.offset = static_cast<std::uint32_t>(offset);
    column.span_.type = type;
    column.span_.lanes = static_cast<std::uint16_t>(lanes);
    return column;
}

Column Column::operator[](std::string_view name) const {
    if (span_.data == nullptr || span_.component == DRAGOMAN_NONE)
        throw Error("bad_value", this->name() + " has no fields to choose from");
    const Field& field = plane::schema(span_.component).field(name);
    return member(field.offset, field.type, field.count != 0 ? field.count : 1);
}

std::string Column::name() const {
    if (span_.data == nullptr) return "a column that is not there";
    if (span_.component == DRAGOMAN_NONE) return "an array";
    const plane::Schema& schema = plane::schema(span_.component);
    for (const Field& field : schema.fields) {
        const std::size_t lanes = field.count != 0 ? field.count : 1;
        if (field.offset == span_.offset && field.type == span_.type && lanes == span_.lanes &&
            schema.fields.size() > 1)
            return schema.name + '.' + field.name;
    }
    return schema.name;
}

}  // namespace dragoman
