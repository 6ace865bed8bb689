"""The geometer: unfolds the ball's path instead of following it, and waits in the middle for what it cannot know."""


class MLPlay:
    def __init__(self, ai_name, *args, **kwargs):
        self.platform = "platform_" + ai_name
        self.goes_away = -1 if ai_name == "1P" else 1     # the sign of the ball's speed after my hit
        self.edge = 420 - 5 if ai_name == "1P" else 80    # where the ball's y is when I hit it

    def update(self, scene_info):
        x, y = scene_info["ball"]
        dx, dy = scene_info["ball_speed"]
        me = scene_info[self.platform][0] + 20

        if scene_info["status"] != "GAME_ALIVE":
            print(f"{scene_info['status']} after {scene_info['frame']} frames, at speed {abs(dy)}")
        if dy == 0:
            return "SERVE_TO_LEFT" if x > 100 else "SERVE_TO_RIGHT"
        if dy * self.goes_away > 0:
            return self.towards(100, me)

        frames = -(-abs(self.edge - y) // abs(dy))
        return self.towards(self.fold(x + dx * frames) + 2, me)

    def fold(self, x):
        """The walls are mirrors: behind them the path goes on straight in a mirrored room."""
        room = 200 - 5
        x %= 2 * room
        return min(x, 2 * room - x)

    def towards(self, target, me):
        if abs(target - me) < 5:
            return "NONE"
        return "MOVE_LEFT" if target < me else "MOVE_RIGHT"

    def reset(self):
        pass
