#include "ecs/commands.hpp"

#include <array>

#include "command_support.hpp"

using namespace dragoman::ecs;

namespace {

constexpr auto part = [](ComponentId component, const auto&... values) {
    return CommandBuffer::part(component, values...);
};

struct Game : NamedWorld {
    enum : ComponentId { ball, name, dead, body };
    Game() {
        declare("Ball", {"x: f32", "y: f32 = 7"});
        declare("Name", {"n: i32", "text: text = \"nobody\""});
        declare("Dead");
        declare("Body", {"solid: bool", "owner: entity", "kind: u8"});
        for (int i = 0; i < 8; ++i) handles.push_back(world.reserve());
    }
    std::string applied() {
        return refusal([&] { counts = apply_commands(world, commands.bytes, handles); });
    }
    /// What the commands are refused with; nothing of them has happened.
    std::string refused() {
        const auto before = world.hash();
        const auto said = applied();
        CHECK(world.hash() == before);
        commands.bytes.clear();
        return said;
    }

    CommandBuffer commands;
    std::vector<Entity> handles;
    CommandCounts counts;
};

}  // namespace

TEST_CASE_FIXTURE(Game, "every kind of command does what its call does") {
    const auto old = create({{"Ball", {{"x", 1}}}});
    const auto doomed = create({{"Ball", {}}});
    commands.write(DRAGOMAN_CREATE, handles[0], {part(name, 5), part(ball, 2.f, 3.f)});
    commands.write(DRAGOMAN_CREATE_MANY, handles[1], {part(ball, 1.f, 2.f, 3.f, 4.f, 5.f, 6.f), part(dead)}, 3);
    commands.write(DRAGOMAN_CREATE, handles[4]);
    commands.write(DRAGOMAN_DESTROY, doomed);
    commands.write(DRAGOMAN_ADD, old, {part(name)});
    commands.write(DRAGOMAN_SET, old, {part(ball, 8.f, 9.f)});
    commands.write(DRAGOMAN_ADD, handles[0], {part(dead)});
    commands.write(DRAGOMAN_REMOVE, handles[0], {part(ball)});
    REQUIRE(applied() == "nothing");
    CHECK(counts.created == 5);
    CHECK(counts.destroyed == 1);
    CHECK(counts.added == 2);
    CHECK(counts.removed == 1);
    CHECK(counts.set == 1);
    CHECK(counts.handles_used == 5);
    CHECK(shown(handles[0], "Name", "n") == "5");
    CHECK(shown(handles[0], "Name", "text") == "\"nobody\"");
    CHECK_FALSE(has(handles[0], "Ball"));
    CHECK(has(handles[0], "Dead"));
    CHECK(shown(handles[2], "Ball", "x") == "3");
    CHECK(shown(handles[3], "Ball", "y") == "6");
    CHECK(has(handles[3], "Dead"));
    CHECK(world.alive(handles[4]));
    CHECK_FALSE(world.alive(doomed));
    CHECK(shown(old, "Name", "text") == "\"nobody\"");
    CHECK(shown(old, "Ball", "y") == "9");
    CHECK(world.reserved(handles[5]));
}

TEST_CASE_FIXTURE(Game, "what comes without data has its defaults") {
    commands.write(DRAGOMAN_CREATE_MANY, handles[0], {part(ball)}, 2);
    commands.write(DRAGOMAN_CREATE, handles[2], {part(ball, 1.f, 1.f)});
    commands.write(DRAGOMAN_ADD, handles[2], {part(ball)});
    REQUIRE(applied() == "nothing");
    CHECK(shown(handles[1], "Ball", "y") == "7");
    CHECK(shown(handles[2], "Ball", "y") == "7");
}

TEST_CASE_FIXTURE(Game, "set leaves texts as they are, add makes them new") {
    const auto bob = create({{"Name", {{"n", 1}, {"text", "bob"}}}});
    const auto eve = create({{"Name", {{"n", 1}, {"text", "eve"}}}});
    commands.write(DRAGOMAN_SET, bob, {part(name, 2)});
    commands.write(DRAGOMAN_ADD, eve, {part(name, 3)});
    REQUIRE(applied() == "nothing");
    CHECK(shown(bob, "Name", "n") == "2");
    CHECK(shown(bob, "Name", "text") == "\"bob\"");
    CHECK(shown(eve, "Name", "n") == "3");
    CHECK(shown(eve, "Name", "text") == "\"nobody\"");
}

TEST_CASE_FIXTURE(Game, "bytes that are no values are made values, on every way in") {
    std::array<std::uint8_t, 24> garbage;
    garbage.fill(0xee);
    std::array<std::uint8_t, 24> clean{};
    clean[0] = 1;
    clean[16] = 0xee;
    for (auto* bytes : {&garbage, &clean}) {
        std::memset(bytes->data() + 12, 0, 4);  // the owner's generation
    }
    Game other;
    const auto same = [&] { return world.hash() == other.world.hash(); };
    const auto both = [&](unsigned kind, Entity entity, std::uint32_t count = 1) {
        commands.bytes.clear();
        other.commands.bytes.clear();
        commands.write(kind, entity, {count == 2 ? part(body, garbage, garbage) : part(body, garbage)}, count);
        other.commands.write(kind, entity, {count == 2 ? part(body, clean, clean) : part(body, clean)}, count);
        REQUIRE(applied() == "nothing");
        REQUIRE(other.applied() == "nothing");
        for (Game* game : std::initializer_list<Game*>{this, &other})
            game->handles.erase(game->handles.begin(),
                                game->handles.begin() + static_cast<std::ptrdiff_t>(counts.handles_used));
        CHECK(same());
    };
    const auto first = handles[0], second = handles[1];
    both(DRAGOMAN_CREATE, first);
    both(DRAGOMAN_CREATE_MANY, second, 2);
    both(DRAGOMAN_SET, first);
    both(DRAGOMAN_ADD, second);
    CHECK(shown(first, "Body", "solid") == "true");
    CHECK(shown(first, "Body", "owner") == shown(second, "Body", "owner"));
    const auto row = world.get(first, body);
    CHECK(std::memcmp(row.plain(), clean.data(), clean.size()) == 0);
}

TEST_CASE_FIXTURE(Game, "the author is told which command it was, and why") {
    const auto old = create({{"Ball", {}}});
    commands.write(DRAGOMAN_ADD, old, {part(dead)});
    commands.write(DRAGOMAN_DESTROY, old);
    commands.write(DRAGOMAN_SET, old, {part(ball, 1.f, 1.f)});
    CHECK(refused() ==
          "no_entity: command 3 (set, at byte 64): entity 8 (generation 1) does not live: it was destroyed by command "
          "2");
    commands.write(DRAGOMAN_DESTROY, old);
    commands.write(DRAGOMAN_DESTROY, old);
    CHECK(says(refused(),
               "command 2 (destroy, at byte 24): entity 8 (generation 1) does not live: it was destroyed by "
               "command 1"));
    commands.write(DRAGOMAN_REMOVE, old, {part(ball)});
    commands.write(DRAGOMAN_SET, old, {part(ball, 1.f, 1.f)});
    CHECK(says(refused(),
               "no_component: command 2 (set, at byte 40): entity 8 (generation 1) has no component Ball: "
               "it was removed by command 1"));
    commands.write(DRAGOMAN_REMOVE, old, {part(name)});
    CHECK(says(refused(), "has no component Name"));
    commands.write(DRAGOMAN_DESTROY, {8, 2});
    CHECK(says(refused(), "entity 8 (generation 2) does not live: it was destroyed before, or never created"));
    commands.write(DRAGOMAN_ADD, handles[0], {part(ball)});
    CHECK(says(refused(), "entity 0 (generation 1) does not live: no command has created it yet"));
    commands.write(DRAGOMAN_CREATE, handles[1], {part(ball)});
    CHECK(says(refused(), "it names entity 1 (generation 1), but the next reserved handle is entity 0"));
    commands.write(DRAGOMAN_CREATE_MANY, handles[0], {part(ball)}, 9);
    CHECK(says(refused(), "denied: command 1 (create_many, at byte 0): it creates 9, and 8 of 8 reserved handles"));
    commands.write(DRAGOMAN_CREATE, handles[0], {part(99)});
    CHECK(says(refused(), "unknown_component: command 1 (create, at byte 0): there is no component 99"));
    commands.write(DRAGOMAN_CREATE, handles[0], {part(ball), part(dead), part(ball)});
    CHECK(says(refused(), "component Ball is given twice"));
    commands.write(DRAGOMAN_ADD, old, {part(ball, 1.f)});
    CHECK(says(refused(), "Ball: expected 8 bytes or none, got 4"));
    commands.write(DRAGOMAN_CREATE_MANY, handles[0], {part(ball, 1.f, 1.f)}, 2);
    CHECK(says(refused(), "Ball: expected 2 rows of 8 bytes or none, got 8"));
    commands.write(DRAGOMAN_CREATE_MANY, handles[0], {part(ball, 1.f, 1.f)}, 0x20000001);  // 2^32 + 8 bytes
    CHECK(says(refused(), "Ball: expected 536870913 rows of 8 bytes or none, got 8"));
    commands.write(DRAGOMAN_ADD, old, {part(dead, 1.f)});
    CHECK(says(refused(), "Dead: expected 0 bytes or none, got 4"));
    commands.write(DRAGOMAN_REMOVE, old, {part(ball, 1.f, 1.f)});
    CHECK(says(refused(), "expected no data"));
    commands.write(DRAGOMAN_ADD, old, {part(body, std::uint64_t{1}, Entity{4, last_generation + 1}, std::uint64_t{0})});
    CHECK(says(refused(), "Body.owner: no entity has the generation 1048576; the last one is 1048575"));
}

TEST_CASE_FIXTURE(Game, "bytes that are no commands are refused") {
    const auto old = create({{"Ball", {}}});
    const auto with = [&](auto change) {
        commands.write(DRAGOMAN_SET, old, {part(ball, 1.f, 1.f)});
        commands.write(DRAGOMAN_SET, old, {part(ball, 1.f, 1.f)});
        dragoman_command head;
        dragoman_part first;
        std::memcpy(&head, commands.bytes.data() + 48, sizeof(head));
        std::memcpy(&first, commands.bytes.data() + 48 + sizeof(head), sizeof(first));
        change(head, first);
        std::memcpy(commands.bytes.data() + 48, &head, sizeof(head));
        std::memcpy(commands.bytes.data() + 48 + sizeof(head), &first, sizeof(first));
        return refused();
    };
    CHECK(
        says(with([](auto& head, auto&) { head.kind = 7; }), "bad_value: command 2 (at byte 48): there is no kind 7"));
    CHECK(says(with([](auto& head, auto&) { head.kind = 0; }), "there is no kind 0"));
    CHECK(says(with([](auto& head, auto&) { head.bytes = 0; }), "it says that it has 0 bytes: expected a multiple"));
    CHECK(says(with([](auto& head, auto&) { head.bytes = 28; }), "it says that it has 28 bytes"));
    CHECK(says(with([](auto& head, auto&) { head.bytes = 56; }), "56 bytes, and only 48 are left"));
    CHECK(says(with([](auto& head, auto&) { head.bytes = ~7ULL; }), "and only 48 are left"));
    CHECK(says(with([](auto& head, auto&) { head.bytes = 24; }), "part 1 begins behind its end"));
    CHECK(
        says(with([](auto& head, auto&) { head.bytes = 40; }), "part 1 says that it has 8 bytes of data, and only 0"));
    CHECK(says(with([](auto& head, auto&) { head.count = 2; }), "expected the count 1, got 2"));
    CHECK(says(with([](auto& head, auto&) { head.parts = 2; }), "expected 1 part, got 2"));
    CHECK(says(with([](auto& head, auto&) { head.parts = 0; }), "expected 1 part, got 0"));
    CHECK(says(with([](auto& head, auto&) { head.kind = DRAGOMAN_DESTROY; }), "expected 0 parts, got 1"));
    CHECK(says(with([](auto&, auto& part) { part.bytes = ~0ULL; }), "part 1 says that it has 18446744073709551615"));
    CHECK(says(with([](auto&, auto& part) { part.bytes = 0; }), "it has 8 bytes more than its 1 parts take"));
    commands.write(DRAGOMAN_SET, old, {part(ball, 1.f, 1.f)});
    commands.bytes.resize(commands.bytes.size() + 8);
    CHECK(says(refused(), "command 2 (at byte 48): a command's head has 24 bytes, and only 8 are left"));
}

TEST_CASE_FIXTURE(Game, "undone commands leave their handles reserved") {
    world.begin();
    commands.write(DRAGOMAN_CREATE_MANY, handles[0], {part(name)}, 4);
    commands.write(DRAGOMAN_DESTROY, handles[2]);
    commands.write(DRAGOMAN_CREATE, handles[4], {part(ball)});
    const auto before = world.hash();
    REQUIRE(applied() == "nothing");
    world.rollback();
    CHECK(world.hash() == before);
    for (const auto handle : handles) CHECK(world.reserved(handle));
    commands.bytes.clear();
    commands.write(DRAGOMAN_CREATE, handles[0], {part(name)});
    CHECK(applied() == "nothing");
    CHECK(world.create() == Entity{8, 1});
}

TEST_CASE("a world that is full refuses the command, and is as it was") {
    NamedWorld small({.bytes = 1 << 18});
    const auto big = small.declare("Big", {"t: text = \"" + std::string(1000, 'x') + "\""});
    std::vector<Entity> handles;
    for (int i = 0; i < 1000; ++i) handles.push_back(small.world.reserve());
    const auto before = small.world.hash();
    CommandBuffer commands;
    commands.write(DRAGOMAN_CREATE_MANY, handles[0], {CommandBuffer::part(big)}, 1000);
    CHECK(says(refusal([&] { apply_commands(small.world, commands.bytes, handles); }),
               "denied: command 1 (create_many, at byte 0): the world is full: it may hold 262144 bytes"));
    CHECK(small.world.hash() == before);
    CHECK(small.world.statistics().entities == 0);
    CHECK(small.world.statistics().reserved == 1000);
}
