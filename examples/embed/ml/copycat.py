# Plays whatever beats the other's last throw.
BEATEN_BY = {"ROCK": "PAPER", "PAPER": "SCISSORS", "SCISSORS": "ROCK"}


class MLPlay:
    def __init__(self, *args, **kwargs):
        pass

    def update(self, scene_info, *args, **kwargs):
        return BEATEN_BY.get(scene_info["theirs"], "ROCK")

    def reset(self):
        pass
