// MLGame's scripts write #include "json.hpp".
#pragma once
#include <nlohmann/json.hpp>
