"""What is said over the channel: the five functions of MLGame's language API, logs, and calls in both directions."""

from .channel import take_over
from .json_text import encode
from .uses import news, take_news

CALL_DEPTH = 16
GIVES = "__dragoman_preserve_state__", "__ecscope_preserve_state__"
TAKES = "__dragoman_restore_state__", "__ecscope_restore_state__"


def hook(it, names):
    for name in names:
        found = getattr(it, name, None)
        if callable(found):
            return found
    return None


class CallError(Exception):
    """A call that the other side answered with an error."""

    def __init__(self, code, message, trace=None):
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.trace = trace


class Session:
    def __init__(self, channel):
        self.channel = channel
        self.init = None
        self.broker = None  # what __init__ says under "dragoman"; None in a classic conversation
        self.script = ""
        self.source = b""  # the script's bytes as they were loaded, at this time_ns(): it may be saved while it runs
        self.loaded = 0
        self.module = None
        self.verbs = {}
        self.gives = False  # whether the script can be asked for its state
        self.kept = None  # what has the hooks and the attributes: the MLPlay or Game, or the module
        self.told_unfit = False
        self.declared = {}  # a system's components and systems, as __hello__ says them
        self.pending = None  # a game's world keeps its unsent writes here
        self.owes = False
        self._quick = False
        self._greeted = False
        self._early_logs = []
        self._last_call = 0
        self._depth = 0

    def init_args(self):
        if self.init is None:
            header, self.init = self._receive()
            if header != "__init__":
                raise RuntimeError(f"__init__ expected from the broker, not {header}")
            self.broker = self.init.get("dragoman")
        return self.init

    def hello(self, role):
        """Once, before READY; says nothing where the broker speaks only the classic level."""
        self.init_args()
        if self._greeted or self.broker is None:
            return
        self._greeted = True
        from . import __version__

        features = ["log", "error", "call", "uses"]
        if self.gives:
            features.append("state")
        if self.declared:
            features.append("plane")
        body = {"protocol": 1, "client": f"dragoman-python {__version__}", "role": role, "features": features}
        self.channel.send("__hello__", body | self.declared)
        for level, message in self._early_logs:
            self.log(level, message)

    def keep(self, it):
        """From now on `it` is what is asked for its state. Takes over from the version before."""
        self.kept = it
        if ((self.broker or {}).get("reload") or {}).get("state"):
            from .state import take

            take(self)

    def name_uses(self):
        for files in take_news(self.script):
            if self._greeted:
                self.channel.send("__uses__", {"files": files})

    def ready(self, quick=True):
        self.hello((self.init_args().get("dragoman") or {}).get("role", "player"))
        if news:
            self.name_uses()
        self.channel.send_line("__command__ READY")
        if quick and not self._quick:
            self._quick = True
            self.channel = self.channel.quicker()
            if self.gives:
                from . import state  # noqa: F401, so that the first who asks need not wait for it

    def scene(self):
        while True:
            header, body = self._receive()
            if header == "__scene_info__":
                self.owes = True
                return body
            self._other(header, body)

    def update(self):
        while True:
            header, body = self._receive()
            if header == "__update__":
                return body
            self._other(header, body)

    def next_state(self):
        while True:
            header, body = self._receive()
            if header == "__state__":
                return body
            self._other(header, body)

    def serve(self, update):
        """One line: update(self, body) for an __update__, and calls as always."""
        header, body = self._receive()
        if header == "__update__":
            update(self, body)
        else:
            self._other(header, body)

    def command(self, value):
        self.owes = False
        if news:
            self.name_uses()
        self.channel.send("__command__", value, "the command")

    def reset(self):
        self.owes = False
        self.channel.send_line("__command__ RESET")

    def log(self, level, message):
        message = str(message).encode("utf-8", "backslashreplace").decode()
        if self._greeted:
            self.channel.send("__log__", {"level": level, "message": message})
        elif self.init is not None and self.broker is None:
            import sys

            print(f"{level}: {message}", file=sys.stderr, flush=True)
        else:
            self._early_logs.append((level, message))

    def call(self, method, params):
        return self.call_text(method, encode({} if params is None else params, "params"))

    def call_text(self, method, params):
        """Waits for the answer; serves the calls that come in meanwhile."""
        if not self._greeted:
            self.hello((self.init_args().get("dragoman") or {}).get("role", "player"))
        if self.broker is None:
            raise CallError("denied", "this broker speaks only the classic level, which has no calls")
        self._last_call += 1
        mine = self._last_call
        self.channel.send_line(f'__call__ {{"id": {mine}, "method": {encode(method)}, "params": {params}}}')
        while True:
            header, body = self._receive()
            if header == "__return__" and body.get("id") == mine:
                return body.get("value")
            if header == "__error__" and body.get("id") == mine:
                raise CallError(body.get("code", "error"), body.get("message", ""), body.get("trace"))
            self._other(header, body)

    def _receive(self):
        message = self.channel.receive()
        if message is None or message[0] == "__bye__":
            raise SystemExit(0)
        return message

    def _other(self, header, body):
        """Late answers, __cancel__ and what a newer broker may say are passed over."""
        if header == "__call__":
            self._serve(body)
        elif header == "__state__" and body.get("ask"):
            from .state import answer

            answer(self)

    def _serve(self, body):
        number = body.get("id")
        method = body.get("method")
        params = body.get("params")
        verb = self.verbs.get(method)
        if verb is None:
            known = ", ".join(sorted(self.verbs)) or "none"
            self._refuse(number, "unknown_method", f"no public function {method!r} here; there are: {known}")
            return
        if self._depth >= CALL_DEPTH:
            self._refuse(number, "depth", f"more than {CALL_DEPTH} calls inside each other")
            return
        self._depth += 1
        try:
            value = verb(**params) if isinstance(params, dict) else verb(*params or ())
            if news:
                self.name_uses()
            self.channel.send_line(f'__return__ {{"id": {number}, "value": {encode(value, f"the value of {method}")}}}')
        except Exception as error:
            from .failure import describe

            self.channel.send("__error__", {"id": number} | describe(error))
        finally:
            self._depth -= 1

    def _refuse(self, number, code, message):
        self.channel.send("__error__", {"id": number, "code": code, "message": message, "trace": ""})


_session = None


def session(channel=None):
    """The process's one conversation; opened by run.py, or at first use by a program that runs without it."""
    global _session
    if _session is None:
        _session = Session(channel or take_over())
    return _session


def get_init_args():
    return session().init_args()


def client_ready():
    session().ready()


def get_scene_info():
    return session().scene()


def send_command(command):
    session().command(command)


def client_reset():
    session().reset()


def log(level, message):
    session().log(level, message)


def call(method, params=None):
    here = session()
    if here.pending and method.startswith("world."):
        return here.pending.call(method, params)
    return here.call(method, params)
