// The counter game of the conversations: see tests/conformance/README.md.
const dragoman = require("dragoman");

class Game extends dragoman.Game {
    setup() {
        this.world.component("Count", "n: i32");
        this.n = this.params.start || 0;
        this.entity = this.world.create({ Count: { n: this.n } });
        this.over = false;
    }

    update(commands) {
        const command = commands["1P"];
        if (command === null) this.n = this.absent["1P"] ? -2 : this.n;
        else if (typeof command === "number") this.add(command);
        else this[command]();
        return this.over;
    }

    add(k) {
        this.n = this.world.get(this.entity, "Count").n + k;
        this.world.set(this.entity, "Count", { n: this.n });
    }
    check() {
        this.world.set(this.entity, "Count", { n: 100 });
        this.n = this.world.get(this.entity, "Count").n;
    }
    query() {
        this.n = this.world.query("Count").reduce((sum, [, count]) => sum + count.n, 0);
    }
    one() {
        this.n = this.world.one("Count")[1].n;
    }
    batch() {
        const here = { entity: this.entity, component: "Count" };
        const values = this.world.batch([["set", { ...here, values: { n: 5 } }], ["get", here]]);
        this.n = values[1].n;
    }
    missing() {
        try {
            this.world.get(this.entity, "Missing");
        } catch (error) {
            if (!(error instanceof dragoman.CallError)) throw error;
            this.n = -1;
        }
    }
    more() {
        this.world.create({ Count: { n: 1 } });
    }
    move() {
        this.world.remove(this.entity, "Count");
        this.world.add(this.entity, "Count", { n: 9 });
        this.n = this.world.has(this.entity, "Count") ? 1 : 0;
    }
    destroy() {
        this.world.destroy(this.entity);
        this.n = this.world.alive(this.entity) ? 1 : 0;
    }
    log() {
        dragoman.log("info", "tick");
    }
    fail() {
        throw new Error("raised in update");
    }
    end() {
        this.over = true;
    }

    scenes() {
        const status = this.over ? "GAME_OVER" : "GAME_ALIVE";
        return { "1P": { frame: this.frame, status, n: this.n, round: this.round } };
    }

    result() {
        return { "1P": { rank: 1, score: this.n } };
    }

    picture() {
        const text = { text: [0, 0], value: String(this.n), color: "#ffffff" };
        return { width: 100, height: 100, background: "#000000", shapes: [text] };
    }
}
