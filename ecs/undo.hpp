#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "ecs/budget.hpp"
#include "ecs/entity.hpp"

namespace dragoman::ecs {

/// What was done, with what it takes to undo it: saved bytes and texts lie on stacks beside the records.
struct UndoRecord {
    enum Kind : std::uint8_t {
        declared,
        tabled,
        created,           // `rows` of them, the last ones of `table`
        reserved_created,  // the same with reserved handles
        reserved,
        released,
        destroyed,
        moved,
        written,
        texted,
        column_saved
    };
    Kind kind;
    bool fresh = false;           // created, reserved: the index was never used before
    std::uint32_t component = 0;  // written, texted, column_saved
    std::uint32_t table = 0;      // where the entity was or is, or the saved column's
    std::uint32_t row = 0;
    std::uint32_t side = 0;  // texted
    Entity entity{};
    std::size_t rows = 0;  // column_saved, created
};

/// A stack of records, with nested marks. Counts against the world's budget.
class UndoLog {
public:
    explicit UndoLog(Budget& budget) : budget_(budget) {}
    ~UndoLog();
    UndoLog(const UndoLog&) = delete;

    /// Room for so much more, after which pushing it cannot fail.
    void reserve(std::size_t records, std::size_t bytes, std::size_t texts);
    void push(const UndoRecord& record) { records_.push_back(record); }
    void push_bytes(const std::byte* bytes, std::size_t size) { bytes_.insert(bytes_.end(), bytes, bytes + size); }
    void push_text(Text text) { texts_.push_back(std::move(text)); }

    UndoRecord& last() { return records_.back(); }
    UndoRecord pop();
    /// The last pushed bytes, valid until the next push.
    const std::byte* pop_bytes(std::size_t size);
    Text pop_text();

    std::size_t size() const { return records_.size(); }
    void clear();

private:
    Budget& budget_;
    std::size_t counted_ = 0;
    std::vector<UndoRecord> records_;
    std::vector<std::byte> bytes_;
    std::vector<Text> texts_;
};

}  // namespace dragoman::ecs
