#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ecs/accesses.hpp"
#include "ecs/create_plan.hpp"
#include "ecs/directory.hpp"
#include "ecs/entities.hpp"
#include "ecs/error.hpp"
#include "ecs/parallel.hpp"
#include "ecs/query.hpp"
#include "ecs/schema.hpp"
#include "ecs/table.hpp"
#include "ecs/typed.hpp"
#include "ecs/undo.hpp"
#include "ecs/watches.hpp"

namespace dragoman::ecs {

/// Past one of these the world answers Error denied.
struct Limits {
    std::size_t entities = std::size_t{1} << 24;
    std::size_t components = 256;
    std::size_t tables = 16384;
    std::size_t queries = 4096;
    std::size_t bytes = std::size_t{2} << 30;            // columns, texts and the undo log together
    std::size_t arena_capacity = std::size_t{16} << 30;  // address space of each component, not memory
};

struct FieldValue {
    std::size_t field;  // Component::field(name)
    Value value;
};

struct ComponentValues {
    ComponentId component;
    std::vector<FieldValue> values;
};

/// One entity's component, for reading. Valid until the next change.
struct ComponentRow {
    const Component* component;
    const Column* column;
    std::size_t row;

    Value value(std::size_t field) const;
    /// The plain fields' struct, and a side field's text, without making a Value.
    const std::byte* plain() const { return column->row(row); }
    const std::string& text(const Field& field) const { return column->text(field.offset, row); }
};

struct Statistics {
    std::size_t entities = 0;
    std::size_t components = 0;
    std::size_t tables = 0;
    std::size_t queries = 0;
    std::size_t bytes = 0;         // what counts against Limits::bytes
    std::size_t undo_records = 0;  // of the open transaction
    std::size_t reserved = 0;      // handles
};

/// Of one component.
struct ComponentStatistics {
    std::size_t tables = 0;
    std::size_t rows = 0;
    std::size_t column_bytes = 0;  // given out in its file, second buffers included
    std::size_t text_bytes = 0;    // of text and json fields, beside the file
    std::size_t file_bytes = 0;    // of its file, some of which may be free or never touched
};

template <class... Ts>
class TypedQuery;

/// Entities and their components. What a script can get wrong is an Error, and then nothing of that call has happened.
/// Component ids and field numbers are the caller's to keep valid; they come from component() and Component::field().
/// Not thread-safe. Rows move: what points into columns is valid until the next change.
class World {
public:
    explicit World(Limits limits = {});
    ~World();
    World(const World&) = delete;

    /// Declaring the same again is fine, declaring it differently is a conflict.
    ComponentId declare(std::string_view name, std::span<const std::string> fields);
    /// Error unknown_component, naming those that there are.
    ComponentId component(std::string_view name) const;
    std::optional<ComponentId> find_component(std::string_view name) const;
    const Component& schema(ComponentId id) const { return *types_[id]->component; }
    std::size_t component_count() const { return types_.size(); }
    /// The component's shared memory; null while no table has it, and where no field is plain.
    const Arena* arena(ComponentId id) const { return types_[id]->arena.get(); }
    /// The same, made now where it is not there yet; null where no field is plain.
    const Arena* make_arena(ComponentId id);
    /// From now on, arenas are made so that nobody but this process can ever map them for writing.
    void seal_arenas() { sealed_ = true; }
    bool seals_arenas() const { return sealed_; }
    const Arena& entity_index() const { return entities_.arena(); }
    const Arena& entity_ids() const { return ids_; }

    /// Fields that are not given have their defaults. A component named twice is a conflict.
    Entity create(std::span<const ComponentValues> components = {});
    void destroy(Entity entity);
    bool alive(Entity entity) const { return entities_.alive(entity); }
    /// A handle that does not live yet and that nobody else gets, for apply_commands().
    Entity reserve() {
        if (in_transaction()) return reserve_logged();
        const auto next = entities_.next();
        entities_.reserve(next);
        return next.entity;
    }
    /// Gives back one that was not used.
    void release(Entity reserved);
    bool reserved(Entity entity) const { return entities_.reserved(entity); }
    /// Where the component is there already, it is made new with these values.
    void add(Entity entity, ComponentId component, std::span<const FieldValue> values = {});
    void remove(Entity entity, ComponentId component);
    /// False also where the entity does not live.
    bool has(Entity entity, ComponentId component) const;
    /// Changes only the fields that are given: all of them or none.
    void set(Entity entity, ComponentId component, std::span<const FieldValue> values);
    void set(Entity entity, ComponentId component, std::size_t field, Value value);
    ComponentRow get(Entity entity, ComponentId component) const;
    Value get(Entity entity, ComponentId component, std::size_t field) const;

    /// The bytes of a plain field.
    std::span<const std::byte> raw(Entity entity, ComponentId component, std::size_t field) const;
    void set_raw(Entity entity, ComponentId component, std::size_t field, std::span<const std::byte> bytes);

    /// The same terms give the same query.
    Query& query(QueryTerms terms);

    // The data plane: see ecs/layout/plane.h.

    /// Every change is stamped with it: Table::version_of(). It only grows, over clear() too.
    std::uint64_t change_counter() const { return change_counter_; }
    void advance() { ++change_counter_; }
    /// Brings the directory up to date with all that changed since the last time.
    void publish();
    int directory_descriptor() const { return directory_->descriptor(); }
    /// Gives a column a second buffer, which grows with the first one. Nothing where no field is plain, or it has one.
    void make_back(Table& table, Column& column);
    /// The second buffer, which holds all rows, takes the first one's place. Not in a transaction.
    void swap_buffers(Table& table, Column& column);
    /// Somebody wrote the column in place; a transaction saves nothing of it.
    void wrote(Table& table, Column& column);
    /// The same of a component in all tables of a query, at a cost that does not depend on their number: the columns
    /// are marked when somebody asks (hash(), or publish() where the component's versions are watched). Not in a
    /// transaction.
    void wrote_all(Query& query, ComponentId component);
    /// Somebody reads this component's versions, so publish() keeps them up to date.
    void watch_versions(ComponentId component) { watched_.push_back(component); }

    /// A new round: no entities, no components, no queries, no bound types, and handles start over. Not in a
    /// transaction.
    void clear();

    /// Transactions nest; an inner one can be rolled back alone. After a rollback the world is what it was at begin(),
    /// to the order of rows and the handles that come next.
    void begin();
    void commit();
    void rollback();
    bool in_transaction() const { return !marks_.empty(); }

    /// Of everything that a script could ever tell apart: components (not the order in which they were declared),
    /// entities, all values, the order of rows and tables, the handles that come next. Only what was written since is
    /// hashed again.
    std::uint64_t hash();

    Statistics statistics() const;
    /// By component id. Looks at every text: not for every tick.
    std::vector<ComponentStatistics> component_statistics() const;

    // Typed access. An empty struct is a tag.

    /// Ties a C++ struct to a component: declares it where it is not there yet, and otherwise compares it field by
    /// field (Error conflict). bind<Position>("Position", field("x", &Position::x), field("y", &Position::y))
    template <class T, class... Fields>
    ComponentId bind(std::string_view name, const Fields&... fields);
    template <class T>
    ComponentId bound() const;

    template <class... Ts>
    Entity create_from(const Ts&... components);
    /// Null where the entity does not live or has no such component.
    template <class T>
    const T* find(Entity entity) const;
    /// For writing: an Error where it is not there. Valid until the next change.
    template <class T>
    T& edit(Entity entity);
    /// All that have these components: see TypedQuery. The same types give the same query, after the first time without
    /// looking for it. world.query<Position, const Velocity, Shield*>()
    template <class... Ts>
    TypedQuery<Ts...> query();
    /// query<Ts...>().each(visit), and the other ways of going through it.
    template <class... Ts, class Visit>
    void for_each(Visit&& visit);
    template <class... Ts, class Visit>
    void for_each_parallel(Visit&& visit);
    template <class... Ts, class Visit>
    void for_each_table(Visit&& visit);
    /// The same over a query that was made by component ids.
    template <class... Ts, class Visit>
    void for_each(Query& query, Visit&& visit);
    template <class... Ts, class Visit>
    void for_each_table(Query& query, Visit&& visit);

    /// How many threads parallel visitors use, this one included; 0, the default: as many as there are processors.
    void use_threads(unsigned threads);
    Workers& workers();

    /// Counting accesses costs a little, so it is off until asked for; asked for again, it starts over.
    void count_accesses(bool count);
    Accesses accesses(ComponentId id) const { return accesses_ ? accesses_->of(id) : Accesses{}; }

    /// A whole column, for writing by whoever knows its layout.
    std::byte* edit_column(Table& table, Column& column);

private:
    friend class CommandRun;
    friend class Saving;
    friend class Loading;
    friend class EntityGuard;
    friend class EntityPool;
    struct Type {
        std::unique_ptr<Component> component;
        std::unique_ptr<Arena> arena;
    };
    /// One component's values, checked and ready to be put into a row, in staged_bytes_ and staged_texts_.
    struct Staged {
        ComponentId id;
        std::size_t bytes;
        std::size_t texts;
    };

    template <class... Ts>
    friend class TypedQuery;

    /// While it lives, rows stay where they are; and where it is parallel, the world is read and nothing else.
    struct Visiting {
        explicit Visiting(World& world, bool parallel = false);
        ~Visiting();
        World& world;
        bool parallel;
    };

    template <class T>
    auto typed_rows(Table& table);
    void count_access(ComponentId id, bool writes, std::size_t rows) const {
        if (accesses_) accesses_->add(id, writes, rows);
    }
    ComponentId bind_fields(std::string_view name, std::span<const BoundField> fields, std::size_t size,
                            const void* key);
    ComponentId bound_component(const void* key) const {
        const auto& recent = bound_cache_[reinterpret_cast<std::uintptr_t>(key) % bound_cache_.size()];
        return recent.key == key ? recent.id : find_bound(key);
    }
    ComponentId find_bound(const void* key) const;
    void refill_bound_cache();
    std::byte* edit_component(Entity entity, ComponentId component);
    Entity create_raw(std::span<const ComponentId> ids, std::span<const void* const> rows);
    Entity create_staged(std::span<const ComponentId> ids, std::span<const void* const> rows);
    CreatePlan& plan(std::span<const ComponentId> given);
    void log_created(Table& table, bool fresh, bool reserved, std::size_t count);

    void unstage();
    void stage(ComponentId id, std::span<const FieldValue> values);
    void stage_raw(ComponentId id, const void* bytes);
    void put(Column& column, std::size_t row, const Staged& staged);
    Entity create_staged();
    struct Place {
        Column& column;
        std::size_t row;
    };
    /// Where an added component goes: the row is the caller's to fill. What is there already is saved.
    Place open_place(Entity entity, ComponentId id);
    std::byte* add_row(Entity entity, ComponentId id, const std::byte* bytes);

    void list(Table& table, Table::Unpublished what);
    void rows_changed(Table& table) {
        table.rows_version = change_counter_;
        if (table.unpublished != Table::Unpublished::rows) list(table, Table::Unpublished::rows);
    }
    void values_changed(Table& table, Column& column) {
        column.version = std::max(column.version, change_counter_);  // what is settled late is older
        table.touch();
        if (column.unpublished) return;
        column.unpublished = true;
        if (table.unpublished == Table::Unpublished::nothing) list(table, Table::Unpublished::columns);
    }

    void expect_alive(Entity entity) const;
    const Table& table(Entity living) const { return *tables_[entities_.where(living).table]; }
    const EntitySlot& expect(Entity entity, ComponentId id) const;
    Table& table_of(const std::vector<ComponentId>& components);
    Table& neighbour(Table& table, ComponentId id);
    void place_moved(Entity moved, const Table& table, std::size_t row);
    void move(Entity entity, Table& from, std::size_t row, Table& to);
    void save_row(Column& column, std::size_t row);
    void save_bytes(Entity entity, Column& column, std::size_t row);
    void save_text(Entity entity, Column& column, std::size_t row, std::size_t side);
    void restore_row(Column& column, std::size_t row);

    void undo(const UndoRecord& record);
    void undo_declared();
    void undo_tabled();
    void undo_created(const UndoRecord& record);
    void undo_destroyed(const UndoRecord& record);
    void undo_moved(const UndoRecord& record);
    void undo_written(const UndoRecord& record);
    void undo_column(const UndoRecord& record);

    Limits limits_;
    Budget budget_;
    std::unique_ptr<Directory> directory_;
    Entities entities_;
    Arena ids_;
    std::uint64_t change_counter_ = 1;
    std::vector<std::uint32_t> unpublished_tables_;
    bool sealed_ = false;
    struct Unsettled {
        Query* query;
        ComponentId component;
        std::uint64_t version;
    };
    Entity reserve_logged();
    void settle_writes();
    std::vector<Unsettled> unsettled_;
    std::vector<ComponentId> watched_;
    std::vector<ComponentId> unpublished_arenas_;
    struct Gone {
        std::uint32_t table;
        std::vector<ComponentId> components;
    };
    std::vector<Gone> gone_tables_;  // rolled back since the last publish()
    std::vector<std::unique_ptr<Type>> types_;
    std::map<std::string, ComponentId, std::less<>> names_;
    std::unordered_map<const void*, ComponentId> bound_;
    struct Bound {
        const void* key = nullptr;
        ComponentId id = 0;
    };
    std::array<Bound, 64> bound_cache_;  // by the lowest bits of the key
    std::vector<std::unique_ptr<Table>> tables_;
    std::map<std::vector<ComponentId>, Table*> tables_by_set_;
    CreatePlans plans_;
    std::map<QueryTerms, std::unique_ptr<Query>> queries_;
    std::unordered_map<const void*, Query*> typed_queries_;  // by the list of types
    std::shared_ptr<Workers> workers_;  // shared, so that who has no parallel visitor needs no threads library
    std::unique_ptr<AccessCounts> accesses_;
    Watches watches_;
    UndoLog log_;
    struct Mark {
        std::size_t records;
        std::uint64_t transaction;
    };
    std::vector<Mark> marks_;
    std::uint64_t transactions_ = 0;
    int visiting_ = 0;
    bool parallel_ = false;
    std::vector<Staged> staged_;
    std::vector<std::byte> staged_bytes_;
    std::vector<Text> staged_texts_;
    std::vector<ComponentId> staged_set_;
    std::vector<std::size_t> staged_sides_;  // set(): which side field each staged text is for
};

/// Rolls back unless it is committed.
class Transaction {
public:
    explicit Transaction(World& world) : world_(&world) { world.begin(); }
    ~Transaction() {
        if (world_) world_->rollback();
    }
    Transaction(const Transaction&) = delete;
    void commit() { std::exchange(world_, nullptr)->commit(); }

private:
    World* world_;
};

}  // namespace dragoman::ecs

#include "ecs/world_typed.hpp"
