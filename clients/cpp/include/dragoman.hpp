// dragoman's own C++ interface: scenes without copies, games, the world, calls, verbs. C++20.
#pragma once
#define DRAGOMAN_HPP

#if __cplusplus < 202002L
#error "<dragoman.hpp> needs C++20; <ml_play.hpp> is enough for C++11"
#endif

#include <dragoman/calls.hpp>
#include <dragoman/game.hpp>
#include <dragoman/scene.hpp>
#include <dragoman/scene_player.hpp>
#include <dragoman/verb.hpp>
#include <dragoman/world.hpp>

using json = nlohmann::json;
