// How much of each source can be smelled at the nest: the marks within five units of it.
#include <dragoman/systems.hpp>

struct Position {
    float x, y;
};
DRAGOMAN_COMPONENT(Position, x, y)
struct Mark {
    std::int32_t source = -1;
    float left = 0.35F;
};
DRAGOMAN_COMPONENT(Mark, source, left)
struct Source {
    std::int32_t number;
    float distance, scent;
};
DRAGOMAN_COMPONENT(Source, number, distance, scent)

void scent(dragoman::Tables tables, double) {
    float marks[2] = {};
    for (auto& table : tables)
        for (auto [place, mark] : table.each<const Position, const Mark>())
            if (place.x * place.x + place.y * place.y < 25 && (mark.source == 0 || mark.source == 1))
                ++marks[mark.source];
    for (dragoman::Entity entity : dragoman::query_entities<Source>()) {
        Source& source = entity.get<Source>();
        source.scent = marks[source.number];
    }
}
DRAGOMAN_SYSTEM(scent)
    .reads<Position, Mark>()
    .writes<Source>()
    .optional<Source>()
    .order("PreUpdate")
    .after("evaporation");
