// Included in front of every script, and precompiled where the build could do that: the slow headers.
// It comes first so that a copy of json.hpp beside a script cannot take the place of the one that the library is built
// with.
#pragma once
#if !__has_include(<nlohmann/json.hpp>)
#error "C++ scripts need nlohmann's json: apt install nlohmann-json3-dev"
#endif
#include <nlohmann/json.hpp>

#include <string>
#include <utility>
#include <vector>

#if __cplusplus >= 202002L
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string_view>
#endif

#include <dragoman/player.hpp>
