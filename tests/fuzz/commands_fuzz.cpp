// Whatever a script leaves as its commands: they are applied whole or not at all, the same bytes do the same to the
// same world, rolling them back leaves no trace, and no row ever holds a bool, a handle or padding that a value cannot
// make.

#include <fuzzer/FuzzedDataProvider.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "ecs/commands.hpp"
#include "tests/fuzz/require.hpp"

using namespace dragoman::ecs;

namespace {

constexpr std::size_t handle_count = 12;

struct Game {
    World world{{.entities = 1000, .bytes = 1 << 20, .arena_capacity = 1 << 20}};
    std::vector<Entity> handles;

    Game() {
        const auto declare = [this](const char* name, std::vector<std::string> fields) {
            return world.declare(name, fields);
        };
        const ComponentValues position{declare("Position", {"x: f32", "y: f32", "z: f32 = 2"}), {}};
        const ComponentValues body{declare("Body", {"solid: bool", "owner: entity", "kind: u8 = 3"}), {}};
        const ComponentValues tag{declare("Tag", {}), {}};
        const ComponentValues name{declare("Name", {"text: text = nobody", "n: i16"}), {}};
        declare("Note", {"data: json"});
        for (int i = 0; i < 3; ++i) {
            world.create(std::vector{position, body});
            world.create(std::vector{position, tag, name});
        }
        world.destroy({2, 1});
        for (std::size_t i = 0; i < handle_count; ++i) handles.push_back(world.reserve());
    }
};

template <class T>
void append(std::vector<std::byte>& bytes, const T& value) {
    const auto* first = reinterpret_cast<const std::byte*>(&value);
    bytes.insert(bytes.end(), first, first + sizeof(value));
}

/// Commands that are right at many places, else hardly one would ever pass.
class Writer {
public:
    explicit Writer(FuzzedDataProvider& data) : data_(data) {}

    std::vector<std::byte> write(const Game& game) {
        for (auto left = data_.ConsumeIntegralInRange(0, 24); left > 0 && data_.remaining_bytes() > 0; --left)
            command(game);
        for (auto left = data_.ConsumeIntegralInRange(0, 3); left > 0 && !bytes_.empty(); --left)
            bytes_[data_.ConsumeIntegralInRange<std::size_t>(0, bytes_.size() - 1)] =
                std::byte{data_.ConsumeIntegral<std::uint8_t>()};
        if (data_.ConsumeIntegralInRange(0, 15) == 0)
            for (const auto byte : data_.ConsumeRemainingBytes<std::uint8_t>()) bytes_.push_back(std::byte{byte});
        return std::move(bytes_);
    }

private:
    void command(const Game& game) {
        const auto start = bytes_.size();
        const auto kind = data_.ConsumeIntegralInRange<std::uint16_t>(1, 6);
        const auto count = kind == DRAGOMAN_CREATE_MANY ? data_.ConsumeIntegralInRange<std::uint32_t>(0, 5) : 1;
        const bool creates = kind <= DRAGOMAN_CREATE_MANY;
        Entity entity{data_.ConsumeIntegralInRange<std::uint32_t>(0, 20),
                      data_.ConsumeIntegralInRange<std::uint32_t>(0, 9) == 0 ? 2U : 1U};
        if (creates && used_ < game.handles.size()) entity = game.handles[used_];
        if (creates) used_ += count;
        const auto parts = creates                    ? data_.ConsumeIntegralInRange<std::uint16_t>(0, 4)
                           : kind == DRAGOMAN_DESTROY ? 0
                                                      : 1;
        append(bytes_,
               dragoman_command{kind, static_cast<std::uint16_t>(parts), count, 0, {entity.index, entity.generation}});
        const auto first = data_.ConsumeIntegralInRange<std::uint32_t>(0, 4);
        for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(parts); ++i) part(game, (first + i) % 5, kind, count);
        const std::uint64_t size = bytes_.size() - start;
        std::memcpy(bytes_.data() + start + offsetof(dragoman_command, bytes), &size, sizeof(size));
    }

    void part(const Game& game, ComponentId id, std::uint16_t kind, std::uint32_t count) {
        std::uint64_t size = std::uint64_t{game.world.schema(id).size} * count;
        if (kind == DRAGOMAN_REMOVE || data_.ConsumeIntegralInRange(0, 3) == 0) size = 0;
        append(bytes_, dragoman_part{id, data_.ConsumeIntegralInRange<std::uint32_t>(0, 1), size});
        const auto start = bytes_.size();
        for (const auto byte : data_.ConsumeBytes<std::uint8_t>(size)) bytes_.push_back(std::byte{byte});
        bytes_.resize((start + size + 7) / 8 * 8, std::byte{0});
    }

    FuzzedDataProvider& data_;
    std::vector<std::byte> bytes_;
    std::size_t used_ = 0;
};

void require_clean_rows(World& world) {
    const ComponentId body = world.component("Body");
    for (const auto* table : world.query({{body}, {}}).tables()) {
        for (std::size_t row = 0; row < table->rows(); ++row) {
            const auto* bytes = reinterpret_cast<const std::uint8_t*>(table->column(body)->row(row));
            std::uint32_t handle[2];
            std::memcpy(handle, bytes + 8, sizeof(handle));
            require(bytes[0] <= 1, "a bool that is neither 0 nor 1");
            require(handle[1] <= last_generation && (handle[1] != 0 || handle[0] == 0), "a handle that none can be");
            for (const int gap : {1, 2, 3, 4, 5, 6, 7, 17, 18, 19, 20, 21, 22, 23})
                require(bytes[gap] == 0, "something between the fields");
        }
    }
}

void require_right_index(const World& world, std::size_t living) {
    const auto* slots = reinterpret_cast<const EntitySlot*>(world.entity_index().data());
    std::size_t found = 0;
    for (std::uint32_t index = 0; index < 40; ++index)
        if (world.alive({index, slots[index].generation})) ++found;
    require(found == living, "the index and the number of the living");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
    FuzzedDataProvider data(input, size);
    Game game, other;
    const auto before = game.world.hash();
    require(before == other.world.hash(), "two worlds that are alike");
    const bool undo = data.ConsumeBool();
    const auto commands = Writer(data).write(game);

    const auto living = game.world.statistics().entities;
    if (undo) game.world.begin();
    bool applied = true;
    try {
        const auto counts = apply_commands(game.world, commands, game.handles);
        require(counts.created == counts.handles_used && counts.handles_used <= handle_count, "handles");
        require(game.world.statistics().entities == living + counts.created - counts.destroyed, "the living");
        for (std::size_t i = 0; i < handle_count; ++i)
            require(game.world.reserved(game.handles[i]) == (i >= counts.handles_used), "which handles are reserved");
        require_clean_rows(game.world);
        apply_commands(other.world, commands, other.handles);
        require(game.world.hash() == other.world.hash(), "the same commands do something else");
    } catch (const Error& error) {
        applied = false;
        require(std::string_view(error.what()).starts_with("command "), "an error that does not say which command");
        require(game.world.hash() == before, "something is left of refused commands");
    }
    if (undo) {
        game.world.rollback();
        require(game.world.hash() == before, "something is left of what was rolled back");
    }
    if (undo || !applied) {
        require(game.world.statistics().reserved == handle_count, "a handle is lost");
        require(game.world.statistics().entities == living, "an entity is lost");
    }
    require_right_index(game.world, game.world.statistics().entities);
    game.world.publish();
    return 0;
}
