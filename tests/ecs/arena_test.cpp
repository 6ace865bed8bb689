#include "ecs/arena.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support.hpp"

using namespace dragoman::ecs;

TEST_CASE("an arena is a sealed file of its owner's, mapped once and small at first") {
    Budget budget(1 << 20);
    Arena arena("Position", std::size_t{1} << 30, budget);
    struct stat facts {};
    REQUIRE(fstat(arena.descriptor(), &facts) == 0);
    CHECK((facts.st_mode & 0777) == 0600);
    CHECK(facts.st_size == static_cast<off_t>(arena.file_bytes()));
    CHECK(facts.st_size == 4096);
    CHECK(facts.st_blocks == 0);
    CHECK(fcntl(arena.descriptor(), F_GET_SEALS) == (F_SEAL_SHRINK | F_SEAL_SEAL));
    CHECK(ftruncate(arena.descriptor(), 0) != 0);
    CHECK((fcntl(arena.descriptor(), F_GETFD) & FD_CLOEXEC) != 0);
}

TEST_CASE("an arena's file grows with what is given out, and never shrinks") {
    Budget budget(std::size_t{1} << 30);
    Arena arena("Position", std::size_t{1} << 30, budget, 128);
    const auto length = [&] {
        struct stat facts {};
        fstat(arena.descriptor(), &facts);
        return static_cast<std::size_t>(facts.st_size);
    };
    for (std::size_t bytes = 64; bytes <= std::size_t{1} << 28; bytes *= 2) {
        const auto slice = arena.allocate(bytes);
        REQUIRE(length() == arena.file_bytes());
        REQUIRE(arena.file_bytes() >= slice.offset + slice.bytes);
        REQUIRE(arena.file_bytes() <= std::max<std::size_t>(2 * arena.used() + 4096, 8192));
        *(arena.at(slice) + slice.bytes - 1) = std::byte{1};
    }
    const auto before = arena.file_bytes();
    arena.reset();
    CHECK(arena.file_bytes() == before);
    struct stat facts {};
    fstat(arena.descriptor(), &facts);
    CHECK(facts.st_blocks == 0);
    const auto slice = arena.allocate(100);
    CHECK(slice.offset == 128);
    CHECK(*arena.at(slice) == std::byte{0});
}

TEST_CASE("what is written into a slice is seen by another mapping of the file") {
    Budget budget(1 << 20);
    Arena arena("Position", 1 << 20, budget);
    const auto slice = arena.allocate(100);
    *arena.at(slice) = std::byte{42};
    auto* other = static_cast<std::byte*>(mmap(nullptr, 4096, PROT_READ, MAP_SHARED, arena.descriptor(), 0));
    REQUIRE(other != MAP_FAILED);
    CHECK(other[slice.offset] == std::byte{42});
    munmap(other, 4096);
}

TEST_CASE("slices are powers of two, aligned, and used again") {
    Budget budget(1 << 20);
    Arena arena("Position", 1 << 20, budget);
    const auto small = arena.allocate(1);
    const auto large = arena.allocate(200);
    CHECK(small.bytes == 64);
    CHECK(large.bytes == 256);
    CHECK(large.offset % 64 == 0);
    arena.release(large);
    CHECK(arena.allocate(129).offset == large.offset);
    CHECK(arena.used() == 320);
    CHECK(budget.used() == 320);
    arena.reset();
    CHECK(budget.used() == 0);
}

TEST_CASE("the last slice grows in its place, another one moves with what it holds") {
    Budget budget(1 << 20);
    Arena arena("Position", 1 << 20, budget);
    auto first = arena.allocate(64);
    *arena.at(first) = std::byte{7};
    const auto grown = arena.grow(first, 64, 200);
    CHECK(grown.offset == first.offset);
    CHECK(grown.bytes == 256);
    arena.allocate(64);
    const auto moved = arena.grow(grown, 64, 512);
    CHECK(moved.offset == 320);
    CHECK(*arena.at(moved) == std::byte{7});
    CHECK(arena.allocate(256).offset == grown.offset);
}

TEST_CASE("a full arena and a spent budget refuse") {
    Budget budget(1 << 16);
    Arena arena("Position", 1 << 20, budget);
    CHECK(says(refusal([&] { arena.allocate(2 << 20); }), "denied: the world is full: a component may hold 1048576"));
    CHECK(says(refusal([&] { arena.allocate(1 << 17); }), "denied: the world is full: it may hold 65536 bytes"));
    CHECK(arena.allocate(1 << 16).bytes == 1 << 16);
}

TEST_CASE("where the address space is refused, the arena is smaller") {
    Budget budget(1 << 20);
    Arena arena("Position", std::size_t{1} << 60, budget);
    CHECK(arena.capacity() >= 1 << 20);
    CHECK(arena.capacity() < std::size_t{1} << 60);
    *arena.at(arena.allocate(64)) = std::byte{1};
}

TEST_CASE("only components with plain fields and a table have an arena") {
    NamedWorld named;
    named.declare("Tag");
    named.declare("Name", {"t: text"});
    named.declare("Ball", {"x: f32"});
    CHECK(named.world.arena(2) == nullptr);
    named.create({{"Tag", {}}, {"Name", {}}, {"Ball", {}}});
    CHECK(named.world.arena(0) == nullptr);
    CHECK(named.world.arena(1) == nullptr);
    CHECK(named.world.arena(2) != nullptr);
    CHECK(reinterpret_cast<const EntitySlot*>(named.world.entity_index().data())[0].generation == 1);
}
