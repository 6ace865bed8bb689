"""What a game's script derives from, and the loop around it."""

from .json_text import encode
from .session import session
from .uses import news
from .world import World


class Game:
    """Derive `Game` from this; define setup, update, scenes, result and, where there is something to see, picture."""

    def __new__(cls, *args, **kwargs):
        # Here rather than in __init__, so that a game that forgets super().__init__() has them too.
        self = super().__new__(cls)
        here = session()
        broker = here.broker or {}
        self.players = list(broker.get("players") or ())
        self.params = dict(broker.get("params") or {})
        self.seed = broker.get("seed", 0)
        self.round = 0
        self.frame = 0
        self.dt = 0.0
        self.absent = {}
        self.lost = []
        self.world = here.pending = World(here)
        return self

    @property
    def random(self):
        """A generator that gives the same numbers in every run with the same seed; the round's seed, so each round has its own."""
        if self.__dict__.get("_random_round") != (self.seed, self.round):
            from random import Random

            self._random_round = self.seed, self.round
            self._random = Random(self.seed)
        return self._random

    def setup(self):
        """Declares components and creates the entities of a new round."""

    def update(self, commands):
        """One tick; commands[seat] is a value or None. True when the round is over."""
        raise NotImplementedError("Game.update(self, commands)")

    def scenes(self):
        """{seat: scene}; a scene should hold frame and status."""
        raise NotImplementedError("Game.scenes(self)")

    def result(self):
        """{seat: {"rank": 1, "score": 3}}; asked for when the round is over."""
        raise NotImplementedError("Game.result(self)")

    def picture(self):
        """What it looks like now, or None."""
        return None


def host(here, user_class):
    if not issubclass(user_class, Game):
        user_class = type(user_class.__name__, (user_class, Game), {"__module__": user_class.__module__})
    game = user_class()
    here.keep(game)
    here.ready()
    while True:
        done = _tick(game, here.update())
        if news:
            here.name_uses()
        here.channel.send_line("__done__ " + done)


def _tick(game, update):
    game.frame = update.get("frame", 0)
    game.round = update.get("round", game.round)
    game.seed = update.get("seed", game.seed)
    game.dt = update.get("dt", game.dt)
    game.absent = update.get("absent") or {}
    game.lost = update.get("lost") or []
    over = False
    if update.get("start"):
        game.world.forget()
        game.setup()
    else:
        commands = update.get("commands") or {}
        over = bool(game.update({seat: None for seat in game.players} | commands))
    parts = [
        f'"frame": {encode(game.frame)}, "over": {encode(over)}',
        f'"scenes": {encode(game.scenes(), "scenes()")}',
    ]
    if over:
        parts.append(f'"result": {encode(game.result(), "result()")}')
    if update.get("draw") and (picture := game.picture()) is not None:
        parts.append(f'"picture": {encode(picture, "picture()")}')
    parts.append(f'"changes": {game.world.take_changes()}')
    return f"{{{', '.join(parts)}}}"
