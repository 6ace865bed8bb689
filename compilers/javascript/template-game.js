// A game: everybody guesses a number, and hears whether it was too low or too high. Its dragoman.toml says at least
//     name = "guess"    script = "this_file.js"    [players] names = ["1P", "2P"]
const dragoman = require("dragoman");

class Game extends dragoman.Game {
    // A round begins. The world is empty: what it shall hold is declared and created here.
    setup() {
        this.over = false;
        this.world.component("Secret", "number: i32");
        this.world.component("Guess", "seat: text", "hint: text", "tries: i32");
        this.world.create({ Secret: { number: 1 + Math.floor(this.random() * 100) } });
        for (const seat of this.players) this.world.create({ Guess: { seat, hint: "none" } });
    }

    // One tick: commands[seat] is what that player returned, or null. True ends the round.
    update(commands) {
        const [, secret] = this.world.one("Secret");
        let over = this.frame >= 100;
        for (const [entity, guess] of this.world.query("Guess")) {
            const number = commands[guess.seat];
            if (typeof number !== "number") continue;
            const hint = number < secret.number ? "higher" : number > secret.number ? "lower" : "right";
            this.world.set(entity, "Guess", { hint, tries: guess.tries + 1 });
            over = over || hint === "right";
        }
        this.over = over;
        return over;
    }

    // What each player sees. `status` is GAME_ALIVE as long as the round goes on.
    scenes() {
        const status = this.over ? "GAME_OVER" : "GAME_ALIVE";
        const scenes = {};
        for (const [, { seat, hint, tries }] of this.world.query("Guess")) {
            scenes[seat] = { frame: this.frame, status, hint, tries };
        }
        return scenes;
    }

    // Asked for when the round is over. Equal ranks are a draw.
    result() {
        const result = {};
        for (const [, { seat, hint }] of this.world.query("Guess")) {
            const won = hint === "right";
            result[seat] = { rank: won ? 1 : 2, score: won ? 1 : 0 };
        }
        return result;
    }

    // Optional: what the broker draws.
    picture() {
        const shapes = this.world.query("Guess").map(([, { seat, hint }], row) => ({
            text: [4, 4 + 12 * row], value: `${seat}: ${hint}`, color: "#cccccc",
        }));
        return { width: 200, height: 100, background: "#101018", shapes };
    }
}

module.exports = { Game };
