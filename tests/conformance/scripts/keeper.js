// A player that keeps what it has seen: see ../README.md.
const dragoman = require("dragoman");

class MLPlay {
    constructor() {
        this.seen = 0;
        this.give = "state";
    }

    update(scene) {
        if (scene.call) dragoman.call(scene.call);
        if (scene.give) this.give = scene.give;
        this.seen += 1;
        return this.seen;
    }

    reset() {
        this.seen = 0;
    }

    preserveState() {
        if (this.give === "raise") throw new Error("raised in giving");
        if (this.give === "long") return { text: "x".repeat(17 << 20) };
        if (this.give === "nonsense") return { seen: NaN };
        return { seen: this.seen };
    }

    restoreState(data) {
        if (data.raise) throw new Error(data.raise);
        this.seen = data.seen;
    }
}
