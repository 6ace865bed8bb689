// What a C++ script includes that declares components and systems. C++20.
#pragma once
#define DRAGOMAN_SYSTEMS_HPP

#if __cplusplus < 202002L
#error "<dragoman/systems.hpp> needs C++20; <ml_play.hpp> is enough for C++11"
#endif

#include <dragoman/calls.hpp>
#include <dragoman/component.hpp>
#include <dragoman/entities.hpp>
#include <dragoman/kernels.hpp>
#include <dragoman/system.hpp>
#include <dragoman/tables.hpp>
#include <dragoman/verb.hpp>
