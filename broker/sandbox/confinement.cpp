#include "broker/sandbox/confinement.hpp"

#include <algorithm>

namespace dragoman {

std::string_view name(Trust trust) {
    switch (trust) {
        case Trust::untrusted:
            return "untrusted";
        case Trust::trusted_read:
            return "trusted-read";
        case Trust::trusted:
            return "trusted";
    }
    return "?";
}

Confinement own_command(Limits limits) {
    constexpr unsigned processes = 64;
    limits.processes = std::max(limits.processes, processes);
    return {Trust::trusted, {}, "a command of your own", limits};
}

}  // namespace dragoman
