// A game that keeps its number: see ../README.md.
const dragoman = require("dragoman");

class Game extends dragoman.Game {
    setup() {
        this.n = 0;
    }

    update(commands) {
        this.n += commands["1P"] || 0;
    }

    scenes() {
        return { "1P": { frame: this.frame, status: "GAME_ALIVE", n: this.n } };
    }

    result() {
        return { "1P": { rank: 1, score: this.n } };
    }

    preserveState() {
        return { n: this.n };
    }

    restoreState(data) {
        this.n = data.n;
    }
}
