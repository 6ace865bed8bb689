#pragma once

struct _object;

namespace dragoman::bench {

/// The module `bench_rows`: World(rows), world.position(i) and world.velocity(i), whose x, y and z are properties.
_object* make_rows_module();

}  // namespace dragoman::bench
