import json, os, sys, time


def say(header, body):
    write(f"{header} {json.dumps(body)}\n".encode())


def write(data):
    while data:
        data = data[os.write(1, data):]


def hear():
    line = sys.stdin.readline()
    if not line:
        sys.exit(0)
    header, _, body = line.partition(" ")
    return header, json.loads(body)


def hello(*features, role="player"):
    say("__hello__", {"protocol": 1, "client": "raw", "role": role, "features": ["log", "error", "uses", *features]})


def take():
    """The state of the version before, where there is one to be had."""
    if not (init["dragoman"].get("reload") or {}).get("state"):
        return None
    say("__state__", {"ask": True})
    header, body = hear()
    return body["give"]


def ready():
    write(b"__command__ READY\n")


def play(seen=0, give=None, on_scene=None):
    """Answers to the end; `give` answers who asks for the state, `on_scene` is called before each answer."""
    while True:
        header, body = hear()
        if header == "__scene_info__":
            seen += 1
            if on_scene:
                on_scene(seen)
            say("__command__", {"version": "VERSION", "seen": seen})
        elif header == "__state__" and give:
            give(seen)
        elif header == "__state__":
            say("__state__", {"state": {"seen": seen}})
        elif header == "__bye__":
            sys.exit(0)


_, init = hear()
