#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "ecs/layout/plane.h"
#include "ecs/schema.hpp"

namespace dragoman::ecs {

/// Cuts a script's bytes into commands. Knows how they are written, and nothing of the world.
class CommandReader {
public:
    explicit CommandReader(std::span<const std::byte> bytes) : bytes_(bytes) {}

    /// Goes to the next command: false at the end. Error bad_value where there is none.
    bool next();

    std::size_t number() const { return number_; }  // from 1
    std::size_t offset() const { return first_; }
    const dragoman_command& head() const { return head_; }
    Entity entity() const { return {head_.entity.index, head_.entity.generation}; }
    /// Components, and as many pieces of data; an empty one stands for defaults.
    std::span<const ComponentId> components() const { return components_; }
    std::span<const std::span<const std::byte>> data() const { return data_; }

    /// "command 3 (set, at byte 96)"
    std::string place() const;

private:
    void read_parts();

    std::span<const std::byte> bytes_;
    std::size_t next_ = 0;
    std::size_t first_ = 0;
    std::size_t number_ = 0;
    dragoman_command head_{};
    std::vector<ComponentId> components_;
    std::vector<std::span<const std::byte>> data_;
};

/// "create", "create_many", ...; empty for what is none.
std::string_view command_name(std::uint16_t kind);

}  // namespace dragoman::ecs
