"""Who finds the number first?"""
import dragoman


class Game(dragoman.Game):
    def setup(self):
        self.world.component("Secret", "number: i32")
        self.world.component("Guess", "seat: text", "number: i32")
        self.world.create({"Secret": {"number": self.random.randint(1, 1000)}})
        for seat in self.players:
            self.world.create({"Guess": {"seat": seat}})

    def update(self, commands):
        for entity, guess in self.world.query("Guess"):
            number = commands[guess["seat"]]    # any JSON value, or None
            self.world.set(entity, "Guess", {"number": int(number) if number in range(1, 1001) else 0})
        return "FOUND" in self.hints().values() or self.frame == 30

    def hints(self):
        _, secret = self.world.one("Secret")
        hint = lambda n: "FOUND" if n == secret["number"] else "HIGHER" if n < secret["number"] else "LOWER"
        return {guess["seat"]: hint(guess["number"]) for _, guess in self.world.query("Guess")}

    def scenes(self):
        hints = self.hints()
        status = "GAME_OVER" if "FOUND" in hints.values() or self.frame == 30 else "GAME_ALIVE"
        return {seat: {"frame": self.frame, "status": status, "hint": hint} for seat, hint in hints.items()}

    def result(self):
        return {seat: {"rank": 1 + (hint != "FOUND"), "score": self.frame} for seat, hint in self.hints().items()}
