"""What the tests of systems share: a script with a system of a few lines, run by fake_broker.py.

Each of them is called as TEST.py CLIENT_FOLDER: the built one, since it needs the extension.
"""

import sys
import unittest
from pathlib import Path

from fake_broker import Failed, FakeBroker

CLIENT = Path(sys.argv.pop(1)).absolute()

HEAD = """
import dragoman
from dragoman import kernels
dragoman.component("Position", "x: f32", "y: f32 = 1")
dragoman.component("Velocity", "x: f32", "y: f32")
dragoman.component("Health", "hp: u8 = 100", "name: text", "owner: entity", "color: f32[3] = [1, 2, 3]")
"""
MOVE = HEAD + """
@dragoman.system(read=["Velocity"], write=["Position"])
def movement(tables, dt):
    for t in tables:
        kernels.axpy(t.Position, t.Velocity, dt)
"""


def moving(*counts):
    return [
        {"Position": [{"x": i} for i in range(count)], "Velocity": [{"x": 2, "y": i} for i in range(count)]}
        for count in counts
    ]


class Systems(unittest.TestCase):
    def broker(self, source, tables=None, **more):
        broker = FakeBroker(CLIENT, source, moving(4) if tables is None else tables, **more)
        self.addCleanup(self._end, broker)
        return broker

    @staticmethod
    def _end(broker):
        if broker.process.poll() is None:
            broker.process.kill()
        try:
            broker.end()
        except (BrokenPipeError, ValueError):
            pass

    def started(self, source, tables=None, **more):
        broker = self.broker(source, tables, **more)
        broker.start()
        return broker

    def body(self, body, tables=None, declared='write=["Position"], read=["Velocity"]', ticks=1, **more):
        """Runs a system with this body."""
        lines = "\n".join("    " + line for line in body.strip("\n").split("\n"))
        broker = self.started(f"{HEAD}\n@dragoman.system({declared})\ndef it(tables, dt):\n{lines}\n", tables, **more)
        for _ in range(ticks):
            broker.last = broker.tick()
        return broker

    def fails(self, body, message, **more):
        with self.assertRaises(Failed) as caught:
            self.body(body, **more)
        self.assertIn(message, str(caught.exception))
        return caught.exception.body
