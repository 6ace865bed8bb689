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


def __getattr__(name):
    # Only games need it; players start sooner without.
    if name == "Game":
        from .game import Game

        return Game
    raise AttributeError(f"module 'dragoman' has no attribute '{name}'")
