#pragma once

#include <simdjson.h>

#include <map>
#include <string>
#include <string_view>

#include "ecs/world.hpp"

namespace dragoman {

/// Why a call was refused: a code of docs/protocol.md, section 6, and a sentence for the script's author.
struct CallError {
    std::string code;
    std::string message;
};

/// The world's calls (docs/protocol.md, section 6): JSON in, JSON out.
class WorldCalls {
public:
    explicit WorldCalls(ecs::World& world) : world_(world) {}

    /// The value as JSON text. `method` is without "world.". Throws CallError; then nothing of the call has happened.
    std::string call(std::string_view method, simdjson::dom::element params);
    /// The changes of a tick: `[[method, params], ...]`, writes only, all or none. Throws CallError.
    void apply(simdjson::dom::element changes);

private:
    struct Params;

    void run(std::string_view method, simdjson::dom::element params, std::string& value);
    void batch(simdjson::dom::array calls, bool writes_only, std::string& value);
    void query(const Params& params, std::string& value);
    std::vector<ecs::FieldValue> values(ecs::ComponentId component, simdjson::dom::object given) const;
    void append_component(std::string& to, const ecs::Component& component, const ecs::Column& column,
                          std::size_t row) const;

    ecs::World& world_;
};

}  // namespace dragoman
