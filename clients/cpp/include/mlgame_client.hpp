// The five functions of MLGame's language API, for scripts that keep their own loop. C++11 is enough for it.
#pragma once
#define DRAGOMAN_MLGAME_CLIENT_HPP
#include <nlohmann/json.hpp>

using json = nlohmann::json;

/// The object of __init__; the first call reads it.
json get_init_args();

/// Says READY.
void client_ready();

/// Waits for the next scene. Does not return when the conversation has ended: the program exits with code 0.
json get_scene_info();

/// Answers the scene; any JSON value.
void send_command(const json& command);

/// Says that the round is over for this script; client_ready() is due next.
void client_reset();
