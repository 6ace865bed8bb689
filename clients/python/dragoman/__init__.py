"""dragoman's client for Python: what a script can say to the broker.

A player defines `MLPlay`, a game defines `Game` (derived from `dragoman.Game`); public functions can be called by name.
"""

from .session import (
    CallError,
    call,
    client_ready,
    client_reset,
    get_init_args,
    get_scene_info,
    log,
    send_command,
)

__version__ = "0.1.0"
__all__ = [
    "CallError",
    "Game",
    "call",
    "client_ready",
    "client_reset",
    "get_init_args",
    "get_scene_info",
    "log",
    "send_command",
]


# What only games and systems need, and the module that has it; players start sooner without.
_LATER = {
    "Game": "game",
    "component": "declare",
    "system": "declare",
    "register_system": "declare",
    "kernels": "kernels",
    "Entity": "entities",
    "batch_update": "entities",
    "create_entity": "entities",
    "create_many": "entities",
    "destroy_many": "entities",
    "query_entities": "entities",
    "tick": "entities",
    "open_data": "uses",
    "cancel": "behaviours",
    "spawn": "behaviours",
    "statistics": "behaviours",
    "wait": "behaviours",
    "wait_ticks": "behaviours",
    "wait_until": "behaviours",
}


def __getattr__(name):
    if name not in _LATER:
        raise AttributeError(f"module 'dragoman' has no attribute '{name}'")
    from importlib import import_module

    module = import_module(f".{_LATER[name]}", __name__)
    value = globals()[name] = module if name == _LATER[name] else getattr(module, name)
    return value
