"""The loop of a script that runs systems: the extension runs them, tick by tick; what comes as lines comes here."""

import os
import sys

from . import declare as declared
from .plane import extension
from .uses import news


def declare(here):
    """What __hello__ says, and what is no verb."""
    here.declared = declared.hello()
    functions = [system.function for system in declared.systems]
    here.verbs = {name: verb for name, verb in here.verbs.items() if verb not in functions}


def host(here):
    extension.open()
    os.environ.pop("DRAGOMAN_PLANE", None)  # the script's own sub-processes have no part in it
    here.keep(here.module)
    here.ready(quick=False)
    channel = here.channel
    while True:
        if news:
            here.name_uses()
        if channel.line_waits() or extension.wait(channel.descriptor, news):
            here.serve(_update)


def _update(here, body):
    if "attach" in body:
        _attach(body["attach"])
    elif "system" in body:
        extension.poll()
    here.channel.send("__done__", {"frame": body.get("frame", 0)})


def _attach(told):
    declared.check(told["components"])
    names = [system.name for system in declared.systems]
    if told.get("systems", names) != names:
        raise RuntimeError(f"the broker attaches the systems {told['systems']}, this script declared {names}")
    after = _coroutines()
    extension.attach(told["components"], [(system.name, system.function, after(system.name)) for system in declared.systems])
    declared.attached = True


def _coroutines():
    behaviours = sys.modules.get("dragoman.behaviours")
    if behaviours is None:
        return lambda name: None
    behaviours.attach()
    return behaviours.after
