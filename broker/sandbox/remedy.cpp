#include "broker/sandbox/remedy.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>

namespace dragoman {
namespace {

std::optional<long> setting(const char* name) {
    std::ifstream file(std::string("/proc/sys/") + name);
    long value = 0;
    return file >> value ? std::optional(value) : std::nullopt;
}

bool in_container() {
    std::error_code error;
    return std::filesystem::exists("/.dockerenv", error) || std::filesystem::exists("/run/.containerenv", error);
}

}  // namespace

std::vector<std::string> namespace_remedies() {
    std::vector<std::string> remedies;
    if (setting("kernel/unprivileged_userns_clone") == 0)
        remedies.emplace_back("user namespaces are for root only: sysctl -w kernel.unprivileged_userns_clone=1");
    if (setting("user/max_user_namespaces") == 0)
        remedies.emplace_back("user namespaces are switched off: sysctl -w user.max_user_namespaces=10000");
    if (setting("kernel/apparmor_restrict_unprivileged_userns").value_or(0) != 0)
        remedies.emplace_back(
            "AppArmor keeps programs without a profile from user namespaces (Ubuntu 23.10 and later): install the one "
            "in "
            "share/dragoman/apparmor to /etc/apparmor.d and `apparmor_parser -r` it");
    if (in_container())
        remedies.emplace_back(
            "this is a container, whose own filter may refuse namespaces and mounts: docker run --security-opt "
            "seccomp=unconfined --security-opt apparmor=unconfined (and as root --cap-add SYS_ADMIN)");
    return remedies;
}

}  // namespace dragoman
