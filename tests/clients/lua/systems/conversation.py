"""Lines between runs, and what is said of errors."""

import subprocess

from support import case_of_one_mode, one_system, printed, raised, started, xs


@case_of_one_mode
def verbs_are_served_between_runs(place):
    text = one_system("for t in tables do kernels.fill(t.Position.x, 1) end")
    broker = started(place, text + "\nfunction twice(x) return 2 * x end")
    broker.run("sys")
    broker.say("__call__", {"id": 1, "method": "twice", "params": [4]})
    assert broker.line() == ("__return__", '{"id": 1, "value": 8}')
    broker.run("sys")
    assert xs(broker) == [1, 1, 1]
    printed(broker)


@case_of_one_mode
def the_state_is_given_between_runs(place):
    text = one_system("sum = (sum or 0) + dt for t in tables do kernels.fill(t.Position.x, sum) end")
    text += "\nfunction dragoman.preserve_state() if sum > 1 then error('too much') end return { sum = sum } end"
    broker = started(place, text)
    broker.run("sys")
    broker.say("__state__", {"ask": True})
    assert broker.line() == ("__state__", '{"state": {"sum": 0.5}}')
    broker.run("sys")
    broker.run("sys")
    broker.say("__state__", {"ask": True})
    assert "too much" in broker.line()[1]
    broker.run("sys")
    assert xs(broker) == [2, 2, 2]
    printed(broker)


@case_of_one_mode
def an_error_says_where_it_was(place):
    told = raised(started(place, one_system("local t = nil\nt.x = 1")), "attempt to index local 't' (a nil value)")
    assert told["code"] == "raised" and told["line"] == 3 and told["source"] == "t.x = 1", told


@case_of_one_mode
def without_a_plane_it_says_so(place):
    script = place.folder / "system.lua"
    script.write_text(one_system(""))
    init = '__init__ {"args": [], "kwargs": {}, "dragoman": {"protocol": 1, "name": "s", "role": "system"}}\n'
    done = subprocess.run([place.host, script], input=init, capture_output=True, text=True, timeout=10)
    assert done.returncode == 1 and "DRAGOMAN_PLANE is not set" in done.stderr, done
