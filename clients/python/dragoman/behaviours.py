"""Coroutines: straight code that yields once in a tick.

Each belongs to a system and is resumed right after that system's function, in order of creation. Time is that system's own:
its runs and their dt.
"""

import heapq

from . import declare
from .plane import extension

GENERATOR = 0x20  # of co_flags
SOONER = 1e-9  # seconds: sums of dt are not exact

_schedulers = {}  # {system's name: Scheduler}
_early = []  # spawned before the systems were known: (system's name or None, Behaviour)
_counts = {"spawned": 0, "resumed": 0, "finished": 0}


class wait:
    """yield wait(seconds): on at the first run at which so much of the system's time has gone by."""

    __slots__ = ("seconds",)

    def __init__(self, seconds):
        self.seconds = float(seconds)


class wait_ticks:
    """yield wait_ticks(n): on at the n-th run from now."""

    __slots__ = ("ticks",)

    def __init__(self, ticks):
        self.ticks = int(ticks)


class wait_until:
    """yield wait_until(predicate): on at the first run at which predicate() is true."""

    __slots__ = ("predicate",)

    def __init__(self, predicate):
        if not callable(predicate):
            raise TypeError(f"wait_until takes a function, not {predicate!r}")
        self.predicate = predicate


class Behaviour:
    __slots__ = ("number", "name", "generator", "predicate", "finished")

    def __init__(self, name, generator):
        _counts["spawned"] += 1
        self.number = _counts["spawned"]
        self.name = name
        self.generator = generator
        self.predicate = None
        self.finished = False

    def __lt__(self, other):
        return self.number < other.number

    def __repr__(self):
        return f"<coroutine {self.name} ({self.number}){', finished' if self.finished else ''}>"


class Scheduler:
    def __init__(self):
        self.tick = 0
        self.time = 0.0
        self._fresh = []  # spawned since the last run, and in this one
        self._next = []  # due in the next run
        self._by_tick = []  # heaps of (when, behaviour)
        self._by_time = []
        self._polled = []

    def add(self, behaviour):
        self._fresh.append(behaviour)

    def waiting(self):
        heaps = self._by_tick, self._by_time
        return sum(not behaviour.finished for heap in heaps for _, behaviour in heap) + sum(
            not behaviour.finished for behaviour in self._polled
        )

    def resume(self, dt):
        self.tick += 1
        self.time += dt
        due, self._next = self._next, []
        for heap, now in (self._by_tick, self.tick), (self._by_time, self.time):
            while heap and heap[0][0] <= now:
                due.append(heapq.heappop(heap)[1])
        if self._polled:
            due += self._polled
            self._polled = []
        due.sort()
        for behaviour in due:
            self._try(behaviour)
        for behaviour in self._fresh:  # which grows while they spawn others
            self._try(behaviour)
        self._fresh.clear()

    def _try(self, behaviour):
        if behaviour.finished:
            return
        try:
            if behaviour.predicate is None or behaviour.predicate():
                self._step(behaviour)
            else:
                self._polled.append(behaviour)
        except BaseException as error:
            error.add_note(f"in the coroutine {behaviour.name} ({behaviour.number})")
            raise

    def _step(self, behaviour):
        behaviour.predicate = None
        _counts["resumed"] += 1
        try:
            wanted = next(behaviour.generator)
        except StopIteration:
            _finish(behaviour)
            return
        if behaviour.finished:  # it has cancelled itself
            behaviour.generator.close()
        elif wanted is None:
            self._next.append(behaviour)
        else:
            self._put(behaviour, wanted)

    def _put(self, behaviour, wanted):
        kind = type(wanted)
        if kind is wait and wanted.seconds > 0:
            heapq.heappush(self._by_time, (self.time + wanted.seconds - SOONER, behaviour))
        elif kind is wait_ticks and wanted.ticks > 1:
            heapq.heappush(self._by_tick, (self.tick + wanted.ticks, behaviour))
        elif kind is wait or kind is wait_ticks:
            self._next.append(behaviour)
        elif kind is wait_until:
            behaviour.predicate = wanted.predicate
            self._polled.append(behaviour)
        else:
            raise TypeError(
                f"a coroutine yields nothing, wait(seconds), wait_ticks(n) or wait_until(predicate), not {wanted!r}"
            )


def spawn(function, *args, system=None, name=None):
    """Starts a coroutine: a generator function with its arguments. Its system is the one that runs; at the script's top
    level the first one, or the one that is named."""
    code = getattr(function, "__code__", None)
    if code is not None and not code.co_flags & GENERATOR:
        raise TypeError(f"spawn: {function.__name__} has no yield in it, so it is no coroutine")
    generator = function(*args) if callable(function) else function
    if not hasattr(generator, "send"):
        raise TypeError(f"spawn takes a function with yield in it, not {function!r}")
    behaviour = Behaviour(name or getattr(generator, "__name__", "coroutine"), generator)
    running = extension.running()
    if system is None and running is not None:
        system = declare.systems[running].name
    if declare.attached:
        number = _number_of(system)
        scheduler = _scheduler_of(number)
        scheduler.add(behaviour)
        extension.set_after(number, scheduler.resume)
    else:
        _early.append((system, behaviour))
    return behaviour


def cancel(behaviour):
    """It is not resumed any more; its `finally` blocks run now. False where it had ended already."""
    if behaviour.finished:
        return False
    _finish(behaviour)
    if not behaviour.generator.gi_running:
        behaviour.generator.close()
    return True


def statistics():
    """{"alive", "waiting", "resumed", "finished"}: of all the script's coroutines. Those that go on in the next run are
    alive but not waiting."""
    alive = _counts["spawned"] - _counts["finished"]
    waiting = sum(scheduler.waiting() for scheduler in _schedulers.values())
    return {"alive": alive, "waiting": waiting, "resumed": _counts["resumed"], "finished": _counts["finished"]}


def _finish(behaviour):
    behaviour.finished = True
    _counts["finished"] += 1


def _number_of(system):
    names = [system.name for system in declare.systems]
    if system is None and names:
        return 0
    if system not in names:
        raise ValueError(f"spawn: this script has no system {system!r}; it has {', '.join(names) or 'none'}")
    return names.index(system)


def _scheduler_of(number):
    return _schedulers.setdefault(declare.systems[number].name, Scheduler())


def attach():
    """The script's systems are known."""
    early, _early[:] = _early[:], []
    for system, behaviour in early:
        _scheduler_of(_number_of(system)).add(behaviour)


def after(name):
    """What is called after each run of a system, or None."""
    return _schedulers[name].resume if name in _schedulers else None
