"""Loads files, at its start and later: see ../README.md."""

from loaded import first


class MLPlay:
    def update(self, scene):
        if scene.get("do") == "load":
            from loaded import second

            return second.VALUE
        return first.VALUE

    def reset(self):
        pass
