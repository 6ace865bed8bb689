#include <algorithm>
#include <istream>

#include "ecs/snapshot.hpp"
#include "ecs/snapshot_stream.hpp"

namespace dragoman::ecs {

using snapshot::Input;
using snapshot::Kind;

namespace {

constexpr std::size_t piece = 1 << 20;

std::string shown(Entity entity) {
    return "entity " + std::to_string(entity.index) + " of generation " + std::to_string(entity.generation);
}

bool is_handle(Entity entity) { return entity.generation >= 1 && entity.generation <= last_generation; }

}  // namespace

/// Fills a world that holds nothing; where that fails, takes everything out again.
class Loading {
public:
    Loading(World& world, std::istream& from, Checksums checksums)
        : world_(world),
          in_(from, checksums == Checksums::verify),
          checksums_(checksums),
          known_(world.types_.size()) {}

    void run() {
        try {
            in_.header();
            components();
            handles();
            while (next_is_table()) rows();
            end();
        } catch (...) {
            undo();
            throw;
        }
    }

private:
    [[noreturn]] void corrupt(const std::string& what) const { in_.refuse(ErrorCode::bad_value, what); }

    /// The world's own refusals, with the place in the snapshot.
    template <class Act>
    decltype(auto) placed(Act&& act) {
        try {
            return act();
        } catch (const Error& error) {
            in_.refuse(error.code(), error.what());
        }
    }

    void components() {
        in_.open(Kind::components, 0, "components");
        const auto count = in_.number<std::uint32_t>();
        if (count > world_.limits_.components)
            in_.refuse(ErrorCode::denied, "there are " + std::to_string(count) +
                                              " components, and the world may hold " +
                                              std::to_string(world_.limits_.components));
        for (ComponentId id = 0; id < count; ++id) component(id);
        if (count < known_)
            in_.refuse(ErrorCode::conflict,
                       "the world has component " + world_.schema(count).name + ", which the snapshot has not");
        in_.close();
    }

    void component(ComponentId id) {
        const auto name = in_.text();
        if (id < known_ && world_.schema(id).name != name)
            in_.refuse(ErrorCode::conflict, "component " + std::to_string(id) + " is " + quoted(name) +
                                                ", and the world declared " + world_.schema(id).name + " there");
        const auto hash = in_.number<std::uint64_t>();
        const auto fields = in_.number<std::uint32_t>();
        if (fields > most_fields) corrupt("component " + quoted(name) + " has " + std::to_string(fields) + " fields");
        std::vector<std::string> declarations;
        for (std::uint32_t i = 0; i < fields; ++i) declarations.push_back(in_.text());
        const auto given = placed([&] { return world_.declare(name, declarations); });
        if (given != id) corrupt("component " + quoted(name) + " is there twice");
        if (world_.schema(id).hash != hash)
            corrupt("component " + name + " has another schema than its hash says: " + describe(world_.schema(id)));
    }

    void handles() {
        in_.open(Kind::handles, 0, "handles");
        const auto size = in_.number<std::uint64_t>();
        placed([&] { world_.entities_.expect_room(size); });
        const auto count = in_.number<std::uint64_t>();
        if (count > size || count * sizeof(Entity) != in_.left())
            corrupt(std::to_string(count) + " free handles of " + std::to_string(size) +
                    " do not fit into a section with " + std::to_string(in_.left()) + " bytes more");

        std::vector<Entity> free;
        std::vector<bool> seen(size);
        while (free.size() < count) {
            const auto first = free.size();
            free.resize(std::min<std::uint64_t>(count, first + piece / sizeof(Entity)));
            in_.read(free.data() + first, (free.size() - first) * sizeof(Entity));
            for (auto i = first; i < free.size(); ++i) {
                if (!is_handle(free[i]) || free[i].index >= size) corrupt(shown(free[i]) + " cannot be free");
                if (seen[free[i].index]) corrupt(shown(free[i]) + " is free twice");
                seen[free[i].index] = true;
            }
        }
        placed([&] { world_.entities_.restore(size, std::move(free)); });
        in_.close();
    }

    /// Opens the next section, which is a table's or the last one.
    bool next_is_table() {
        const auto id = static_cast<std::uint32_t>(world_.tables_.size());
        return in_.open_either(Kind::table, id, table_title(id), Kind::end, "end");
    }

    static std::string table_title(std::uint32_t id) { return "table " + std::to_string(id); }

    void rows() {
        const auto id = static_cast<std::uint32_t>(world_.tables_.size());
        const auto count = in_.number<std::uint64_t>();
        if (count > world_.limits_.entities - world_.entities_.living())
            in_.refuse(ErrorCode::denied, "it has " + std::to_string(count) + " rows, and the world may hold " +
                                              std::to_string(world_.limits_.entities) + " entities");
        const auto columns = in_.number<std::uint32_t>();
        if (columns > world_.types_.size()) corrupt("it has " + std::to_string(columns) + " components");
        std::vector<ComponentId> ids;
        for (std::uint32_t i = 0; i < columns; ++i) {
            ids.push_back(in_.number<ComponentId>());
            if (ids.back() >= world_.types_.size() || (i && ids[i - 1] >= ids[i]))
                corrupt("component " + std::to_string(ids.back()) + " is unknown or not in order");
        }
        in_.close();

        auto& table = placed([&]() -> Table& { return world_.table_of(ids); });
        if (table.id() != id) corrupt("it has the components of table " + std::to_string(table.id()));
        entities(table, count);
        for (const auto& column : table.columns()) {
            if (column->component().size) plain(table, *column);
            if (!column->component().side_defaults.empty()) texts(table, *column);
        }
        world_.rows_changed(table);
    }

    void entities(Table& table, std::uint64_t count) {
        in_.open(Kind::entities, table.id(), table_title(table.id()) + ", entities", count * sizeof(Entity));
        std::vector<Entity> part;
        for (std::uint64_t row = 0; row < count;) {
            part.resize(std::min<std::uint64_t>(count - row, piece / sizeof(Entity)));
            in_.read(part.data(), part.size() * sizeof(Entity));
            for (const auto entity : part) {
                if (!is_handle(entity) || !world_.entities_.unknown(entity.index))
                    corrupt(shown(entity) + " cannot live: its index was not given out, or is used already");
                placed([&] { table.reserve(1); });
                table.push(entity);
                world_.entities_.revive(entity, table.id(), static_cast<std::uint32_t>(row++));
            }
        }
        in_.close();
    }

    void plain(Table& table, Column& column) {
        const auto bytes = table.rows() * column.component().size;
        in_.open(Kind::plain, column.id(), title(table, column), bytes);
        in_.read(column.row(0), bytes);
        in_.close();
    }

    void texts(Table& table, Column& column) {
        in_.open(Kind::texts, column.id(), title(table, column) + ", texts");
        for (std::size_t side = 0; side < column.component().side_defaults.size(); ++side)
            for (std::size_t row = 0; row < table.rows(); ++row) {
                auto text = in_.text();
                placed([&] { column.side(side, row) = Text(world_.budget_, std::move(text)); });
            }
        in_.close();
    }

    static std::string title(const Table& table, const Column& column) {
        return table_title(table.id()) + ", " + column.component().name;
    }

    void end() {
        const auto saved = in_.number<std::uint64_t>();
        in_.close();
        if (checksums_ == Checksums::verify && world_.hash() != saved)
            corrupt("the loaded world has another hash than the saved one");
    }

    void undo() {
        for (auto& table : world_.tables_)
            while (table->rows()) table->pop();
        while (!world_.tables_.empty()) world_.undo_tabled();
        while (world_.types_.size() > known_) world_.undo_declared();
        world_.entities_.clear();
        world_.unstage();
    }

    World& world_;
    Input in_;
    Checksums checksums_;
    std::size_t known_;
};

void load(World& world, std::istream& from, Checksums checksums) {
    const auto holds = world.statistics();
    if (world.in_transaction()) throw Error(ErrorCode::conflict, "snapshot: not inside a transaction");
    if (holds.entities || holds.tables || holds.reserved)
        throw Error(ErrorCode::conflict, "snapshot: it is loaded into a world that holds nothing, and this one has " +
                                             std::to_string(holds.entities) + " entities, " +
                                             std::to_string(holds.tables) + " tables and " +
                                             std::to_string(holds.reserved) + " reserved handles");
    Loading(world, from, checksums).run();
}

}  // namespace dragoman::ecs
