"""`from mlgame.communication import ml as comm`, as in MLGame beta 6: the script has the loop itself."""

from dragoman.session import session


def ml_ready():
    """Said before the first scene, and again instead of a command when a round is over."""
    if session().owes:
        session().reset()
    session().ready()


def recv_from_game():
    return session().scene()


def send_to_game(data):
    """{"frame": ..., "command": ...}: the command alone is what the game wants."""
    session().command(data.get("command") if isinstance(data, dict) else data)
