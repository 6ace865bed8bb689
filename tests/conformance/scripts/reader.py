"""Reads a data file through the client: see ../README.md."""

import dragoman


class MLPlay:
    def update(self, scene):
        with dragoman.open_data(scene["path"]) as file:
            return file.readline().rstrip("\n")

    def reset(self):
        pass
