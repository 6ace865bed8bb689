#pragma once

#include <cstring>
#include <vector>

#include "ecs/commands.hpp"
#include "support.hpp"

namespace dragoman::ecs {

/// Writes commands as a script does.
class CommandBuffer {
public:
    struct Part {
        ComponentId component;
        std::vector<std::byte> data;
    };

    /// A part with so many values.
    template <class... Ts>
    static Part part(ComponentId component, const Ts&... values) {
        Part part{component, {}};
        (append(part.data, &values, sizeof(values)), ...);
        return part;
    }

    void write(unsigned kind, Entity entity, const std::vector<Part>& parts = {}, std::uint32_t count = 1) {
        const auto start = bytes.size();
        dragoman_command head{static_cast<std::uint16_t>(kind),
                              static_cast<std::uint16_t>(parts.size()),
                              count,
                              0,
                              {entity.index, entity.generation}};
        append(bytes, &head, sizeof(head));
        for (const auto& part : parts) {
            const dragoman_part part_head{part.component, 0, part.data.size()};
            append(bytes, &part_head, sizeof(part_head));
            append(bytes, part.data.data(), part.data.size());
            bytes.resize((bytes.size() + 7) / 8 * 8);
        }
        head.bytes = bytes.size() - start;
        std::memcpy(bytes.data() + start, &head, sizeof(head));
    }

    std::vector<std::byte> bytes;

private:
    static void append(std::vector<std::byte>& to, const void* first, std::size_t size) {
        const auto* start = static_cast<const std::byte*>(first);
        to.insert(to.end(), start, start + size);
    }
};

}  // namespace dragoman::ecs
