#pragma once

namespace dragoman::launch {

/// What every script sees of the machine: programs, libraries, and what a dynamic program's start reads. The launcher
/// shows them (or lets Landlock do so), and the broker knows that they are shown.
inline constexpr const char* system_places[] = {
    "/usr",           "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/etc/ld.so.cache", "/etc/alternatives",
    "/etc/localtime",
};

}  // namespace dragoman::launch
