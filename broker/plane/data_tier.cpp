#include "broker/plane/data_tier.hpp"

namespace dragoman {

std::string_view name(DataTier tier) {
    switch (tier) {
        case DataTier::isolated:
            return "isolated";
        case DataTier::sealed:
            return "sealed";
        case DataTier::shared:
            return "shared";
    }
    return "?";
}

DataTier data_tier_of(Tier tier, Trust trust, bool as_root) {
    if (trust == Trust::trusted || tier == Tier::none) return DataTier::shared;
    if (tier == Tier::landlock && !as_root) return DataTier::sealed;
    return DataTier::isolated;
}

bool is_enough(DataTier given, DataTier asked) { return given <= asked; }

}  // namespace dragoman
