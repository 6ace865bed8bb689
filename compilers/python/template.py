"""A player. The loop around it is the client's; what it gets and what it may answer is the game's business.

These scenes are pong's: try it with `dragoman run examples/pong -i this_file.py`.
"""


class MLPlay:
    def __init__(self, ai_name, *args, **kwargs):
        """ai_name is the seat: "1P". The game's parameters are in kwargs["game_params"]."""
        self.platform = f"platform_{ai_name}"

    def update(self, scene_info, *args, **kwargs):
        """Once for each tick. What is returned is the command: any value that JSON can hold."""
        if scene_info["ball_speed"][1] == 0:
            return "SERVE_TO_LEFT"

        distance = scene_info["ball"][0] - (scene_info[self.platform][0] + 20)
        if abs(distance) < 5:
            return "NONE"
        return "MOVE_LEFT" if distance < 0 else "MOVE_RIGHT"

    def reset(self):
        """After the last scene of a round, before the next round begins."""
