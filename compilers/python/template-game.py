"""A game: everybody guesses a number, and hears whether it was too low or too high.

Its dragoman.toml says at least:
    name = "guess"
    script = "this_file.py"
    [players]
    names = ["1P", "2P"]
"""

import dragoman


class Game(dragoman.Game):
    def setup(self):
        """A round begins. The world is empty: what it shall hold is declared and created here."""
        self.over = False
        self.world.component("Secret", "number: i32")
        self.world.component("Guess", "seat: text", "hint: text", "tries: i32")
        self.world.create({"Secret": {"number": self.random.randint(1, 100)}})
        for seat in self.players:
            self.world.create({"Guess": {"seat": seat, "hint": "none"}})

    def update(self, commands):
        """One tick: commands[seat] is what that player returned, or None. True ends the round."""
        _, secret = self.world.one("Secret")
        self.over = self.frame >= 100
        for entity, guess in self.world.query("Guess"):
            number = commands[guess["seat"]]
            if isinstance(number, (int, float)):
                hint = "higher" if number < secret["number"] else "lower" if number > secret["number"] else "right"
                self.world.set(entity, "Guess", {"hint": hint, "tries": guess["tries"] + 1})
                self.over = self.over or hint == "right"
        return self.over

    def scenes(self):
        """What each player sees. `status` is GAME_ALIVE as long as the round goes on."""
        status = "GAME_OVER" if self.over else "GAME_ALIVE"
        return {
            guess["seat"]: {"frame": self.frame, "status": status, "hint": guess["hint"], "tries": guess["tries"]}
            for _, guess in self.world.query("Guess")
        }

    def result(self):
        """Asked for when the round is over. Equal ranks are a draw."""
        won = {guess["seat"]: guess["hint"] == "right" for _, guess in self.world.query("Guess")}
        return {seat: {"rank": 1 if right else 2, "score": int(right)} for seat, right in won.items()}

    def picture(self):
        """Optional: what the broker draws."""
        lines = [f"{guess['seat']} {guess['tries']} tries: {guess['hint']}" for _, guess in self.world.query("Guess")]
        texts = [
            {"text": [4, 4 + 14 * row], "value": line, "color": "#cccccc"} for row, line in enumerate(lines)
        ]
        return {"width": 200, "height": 100, "background": "#101018", "shapes": texts}
