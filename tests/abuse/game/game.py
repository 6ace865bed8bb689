"""A game that counts. Each scene's `value` is its frame, so that a command tells which scene it answers; the result repeats them."""
import dragoman


class Game(dragoman.Game):
    def setup(self):
        self.commands, self.missing = {seat: [] for seat in self.players}, {seat: {} for seat in self.players}
        self.world.component("Counter", "n: i32")
        self.counter = self.world.create({"Counter": {"n": 0}})

    def update(self, commands):
        for seat in self.players:
            self.commands[seat].append(commands[seat])
            if seat in self.absent:
                self.missing[seat][self.frame - 1] = self.absent[seat]
        self.world.set(self.counter, "Counter", {"n": self.frame})
        return self.over()

    def over(self):
        return self.frame >= self.params["ticks"]

    def scenes(self):
        usual = {"frame": self.frame, "status": "GAME_OVER" if self.over() else "GAME_ALIVE", "value": self.frame}
        return {seat: {**usual, **(self.params["vice"].get(str(self.frame), {}) if seat == "1P" else {})} for seat in self.players}

    def result(self):
        return {seat: {"rank": 1, "score": len(self.commands[seat]), "commands": self.commands[seat],
                       "missing": self.missing[seat]} for seat in self.players}
