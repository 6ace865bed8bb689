#include <cstring>
#include <ostream>

#include "ecs/declaration.hpp"
#include "ecs/snapshot.hpp"
#include "ecs/snapshot_stream.hpp"

namespace dragoman::ecs {

using snapshot::Kind;
using snapshot::Output;

/// Reads what only the world itself sees.
class Saving {
public:
    Saving(World& world, std::ostream& to) : world_(world), out_(to) {}

    void run() {
        out_.header();
        components();
        handles();
        for (const auto& table : world_.tables_) rows(*table);
        out_.open(Kind::end, 0, sizeof(std::uint64_t));
        out_.number(world_.hash());
        out_.close();
    }

private:
    void components() {
        std::uint64_t length = sizeof(std::uint32_t);
        std::vector<std::vector<std::string>> texts;
        for (const auto& type : world_.types_) {
            texts.push_back(declarations(*type->component));
            length += Output::text_length(type->component->name) + sizeof(std::uint64_t) + sizeof(std::uint32_t);
            for (const auto& text : texts.back()) length += Output::text_length(text);
        }
        out_.open(Kind::components, 0, length);
        out_.number(static_cast<std::uint32_t>(texts.size()));
        for (std::size_t id = 0; id < texts.size(); ++id) {
            const auto& component = *world_.types_[id]->component;
            out_.text(component.name);
            out_.number(component.hash);
            out_.number(static_cast<std::uint32_t>(texts[id].size()));
            for (const auto& text : texts[id]) out_.text(text);
        }
        out_.close();
    }

    void handles() {
        const auto free = world_.entities_.free();
        out_.open(Kind::handles, 0, 2 * sizeof(std::uint64_t) + free.size_bytes());
        out_.number(std::uint64_t{world_.entities_.size()});
        out_.number(std::uint64_t{free.size()});
        out_.write(free.data(), free.size_bytes());
        out_.close();
    }

    void rows(const Table& table) {
        const auto& ids = table.components();
        out_.open(Kind::table, table.id(), sizeof(std::uint64_t) + sizeof(std::uint32_t) * (1 + ids.size()));
        out_.number(std::uint64_t{table.rows()});
        out_.number(static_cast<std::uint32_t>(ids.size()));
        for (const auto id : ids) out_.number(id);
        out_.close();

        out_.open(Kind::entities, table.id(), table.entities().size_bytes());
        out_.write(table.entities().data(), table.entities().size_bytes());
        out_.close();

        for (const auto& column : table.columns()) {
            const auto& component = column->component();
            if (component.size) plain(*column, table.rows());
            if (!component.side_defaults.empty()) texts(*column, table.rows());
        }
    }

    void plain(const Column& column, std::size_t rows) {
        const auto& component = column.component();
        out_.open(Kind::plain, column.id(), rows * component.size);
        if (!component.padded) {
            out_.write(column.row(0), rows * component.size);
        } else {
            std::vector<std::byte> clean(component.size);  // padding is whatever was in memory
            for (std::size_t row = 0; row < rows; ++row) {
                for (const auto& field : component.fields)
                    if (!field.side())
                        std::memcpy(clean.data() + field.offset, column.row(row) + field.offset, field.bytes());
                out_.write(clean.data(), clean.size());
            }
        }
        out_.close();
    }

    void texts(const Column& column, std::size_t rows) {
        const auto sides = column.component().side_defaults.size();
        std::uint64_t length = 0;
        for (std::size_t side = 0; side < sides; ++side)
            for (std::size_t row = 0; row < rows; ++row) length += Output::text_length(column.text(side, row));
        out_.open(Kind::texts, column.id(), length);
        for (std::size_t side = 0; side < sides; ++side)
            for (std::size_t row = 0; row < rows; ++row) out_.text(column.text(side, row));
        out_.close();
    }

    World& world_;
    Output out_;
};

void save(World& world, std::ostream& to) {
    if (world.in_transaction()) throw Error(ErrorCode::conflict, "snapshot: not inside a transaction");
    if (const auto reserved = world.statistics().reserved)
        throw Error(ErrorCode::conflict, "snapshot: not while handles are reserved, and " + std::to_string(reserved) +
                                             (reserved == 1 ? " is" : " are"));
    Saving(world, to).run();
}

}  // namespace dragoman::ecs
