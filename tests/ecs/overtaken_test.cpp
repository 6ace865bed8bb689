#include "command_support.hpp"
#include "ecs/commands.hpp"

using namespace dragoman::ecs;

namespace {

/// Two scripts were shown the same world; the first one's commands are applied already.
struct Two : NamedWorld {
    enum : ComponentId { ball, dead };
    Two() {
        declare("Ball", {"x: f32"});
        declare("Dead");
        one = create({{"Ball", {}}, {"Dead", {}}});
        began = world.change_counter();
    }
    void apply(CommandBuffer& commands) {
        world.advance();
        counts = apply_commands(world, commands.bytes, {}, began);
    }

    Entity one;
    std::uint64_t began = 0;
    CommandCounts counts;
};

}  // namespace

TEST_CASE_FIXTURE(Two, "what another script destroyed in the same stage is passed over, whatever was to happen to it") {
    CommandBuffer first, second;
    first.write(DRAGOMAN_DESTROY, one);
    second.write(DRAGOMAN_DESTROY, one);
    second.write(DRAGOMAN_ADD, one, {CommandBuffer::part(dead)});
    second.write(DRAGOMAN_SET, one, {CommandBuffer::part(ball, 1.f)});
    second.write(DRAGOMAN_REMOVE, one, {CommandBuffer::part(dead)});
    apply(first);
    apply(second);
    CHECK(counts.overtaken == 4);
    CHECK(counts.destroyed == 0);
}

TEST_CASE_FIXTURE(Two, "a component that another script removed in the same stage is passed over") {
    CommandBuffer first, second;
    first.write(DRAGOMAN_REMOVE, one, {CommandBuffer::part(dead)});
    second.write(DRAGOMAN_REMOVE, one, {CommandBuffer::part(dead)});
    apply(first);
    apply(second);
    CHECK(counts.overtaken == 1);
    CHECK(counts.removed == 0);
}

TEST_CASE_FIXTURE(Two, "what was destroyed in an earlier stage is an error") {
    CommandBuffer first, second;
    first.write(DRAGOMAN_DESTROY, one);
    second.write(DRAGOMAN_DESTROY, one);
    apply(first);
    world.advance();
    began = world.change_counter();
    CHECK_THROWS_AS(apply(second), Error);
}

TEST_CASE_FIXTURE(Two, "a script's own second destruction is an error") {
    CommandBuffer first;
    first.write(DRAGOMAN_DESTROY, one);
    first.write(DRAGOMAN_DESTROY, one);
    CHECK_THROWS_AS(apply(first), Error);
}
