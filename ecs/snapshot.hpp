#pragma once

#include <iosfwd>

#include "ecs/world.hpp"

namespace dragoman::ecs {

/// Writes everything that World::hash() is of: components, tables, rows in their order, texts, the handles that come
/// next. The bytes depend on nothing else, so that equal worlds have equal snapshots. Error conflict inside a
/// transaction and while handles are reserved (World::release them first: nobody could use them in the loaded world);
/// Error denied where the stream takes no more.
void save(World& world, std::ostream& to);

/// What load() does about checksums. `ignore` is for fuzzing, where else nothing would come past them.
enum class Checksums { verify, ignore };

/// Reads a snapshot into a world that holds no entity and no table, new or cleared: after that it has the hash of the
/// saved one, and the same handles come next. Components that the world has already must be the snapshot's first ones,
/// of the same schemas; they stay bound. Reads no further than the snapshot's end.
///
/// Error bad_value where the snapshot is cut off, changed or of another version, conflict where its components are not
/// the world's, denied where it is more than the world's limits allow; it says what is wrong at which byte, and the
/// world is as it was.
void load(World& world, std::istream& from, Checksums checksums = Checksums::verify);

}  // namespace dragoman::ecs
