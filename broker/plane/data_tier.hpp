#pragma once

#include <string_view>

#include "broker/sandbox/confinement.hpp"
#include "broker/sandbox/tier.hpp"

namespace dragoman {

/// What keeps a script to the columns that it declared. See docs/security.md; the strongest first.
enum class DataTier {
    isolated,  // walls (no /proc, or another uid): what it may write it writes in place, the rest it cannot gain
    sealed,    // the same uid, no namespaces: nobody but the broker can map a column for writing; scripts write copies
    shared,    // no walls: protects against accidents only
};
std::string_view name(DataTier tier);  // "isolated", "sealed", "shared"

/// Of a script that is held in `tier` and trusted so far. `as_root`: the broker is, so that scripts have another uid.
DataTier data_tier_of(Tier tier, Trust trust, bool as_root);

/// `given` holds at least as well as `asked`.
bool is_enough(DataTier given, DataTier asked);

}  // namespace dragoman
