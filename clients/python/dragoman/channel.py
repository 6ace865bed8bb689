"""The conversation's two descriptors: whole lines in, whole lines out."""

import gc
import posix
import sys
from _thread import allocate_lock

from . import json_text
from .json_text import decode, encode


class Channel:
    def __init__(self, read_from, write_to):
        self.descriptor = self._in = read_from
        self._out = write_to
        self._rest = b""
        self._writing = allocate_lock()

    def receive(self):
        """The next (header, value); None at the end of the conversation. Lines without a header are skipped."""
        while (line := self._line()) is not None:
            text = str(line, "utf-8")
            if text.startswith("\ufeff"):
                text = text[1:]
            space = text.find(" ")
            if space > 0 and text.startswith("__"):
                return text[:space], self._decode(text, space + 1)
        return None

    @staticmethod
    def _decode(text, start):
        # Nothing made here is garbage: the collector would only walk through it, several times for a large scene.
        if len(text) < 2000 or not gc.isenabled():
            return decode(text, start)
        gc.disable()
        try:
            return decode(text, start)
        finally:
            gc.enable()

    def line_waits(self):
        """Whether receive() has a whole line to look at, without reading."""
        return b"\n" in self._rest

    def send(self, header, value, what="the value"):
        self.send_line(f"{header} {encode(value, what)}")

    def send_line(self, line):
        data = line.encode() + b"\n"
        with self._writing:
            try:
                written = posix.write(self._out, data)
                if written < len(data):
                    rest = memoryview(data)[written:]
                    while rest:
                        rest = rest[posix.write(self._out, rest) :]
            except BrokenPipeError:
                raise SystemExit(0) from None  # the broker is gone

    def _line(self):
        """The next line; its end may still be there. None at the end of the conversation."""
        pieces = []
        piece = self._rest
        while (end := piece.find(b"\n")) < 0:
            if piece:
                pieces.append(piece)
            piece = posix.read(self._in, 65536)
            if not piece:
                return None
        if end + 1 == len(piece):
            self._rest = b""
        else:
            self._rest = piece[end + 1 :]
            piece = piece[:end]
        return b"".join([*pieces, piece]) if pieces else piece

    def quicker(self):
        """The same channel, in C++ where that has been built. Loading it takes longer than the first exchange saves,
        so this is asked for after READY."""
        try:
            from . import _dragoman
        except ImportError:
            return self
        json_text.quick_encode = _dragoman.encode
        return _dragoman.Channel(self._in, self._out, self._rest, decode, encode)


def take_over():
    """The process's conversation, moved away from stdin and stdout where the broker gave another place for output."""
    private = posix.environ.pop(b"DRAGOMAN_CHANNEL", None)
    output = posix.environ.pop(b"DRAGOMAN_OUTPUT", None)
    _forget_in_environment()
    if private:
        read_from, write_to = (int(number) for number in private.split(b","))
        posix.set_inheritable(read_from, False)
        posix.set_inheritable(write_to, False)
        return Channel(read_from, write_to)
    if not output:
        return Channel(0, 1)
    read_from, write_to = posix.dup(0), posix.dup(1)
    nothing = posix.open("/dev/null", posix.O_RDONLY)
    posix.dup2(nothing, 0)
    posix.close(nothing)
    output = int(output)
    if output != 1:
        posix.dup2(output, 1)
        posix.close(output)
    return Channel(read_from, write_to)


def _forget_in_environment():
    # `os` copied posix.environ when `site` loaded it; deleting there also changes the C environment.
    if "os" in sys.modules:
        environment = sys.modules["os"].environ
        environment.pop("DRAGOMAN_CHANNEL", None)
        environment.pop("DRAGOMAN_OUTPUT", None)
