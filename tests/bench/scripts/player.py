class MLPlay:
    def update(self, scene_info):
        return "MOVE_LEFT" if scene_info["ball"][0] > 0 else "NONE"

    def reset(self):
        pass
