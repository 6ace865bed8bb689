// A player without hooks, and with one attribute that is no plain data: see ../README.md.
class MLPlay {
    constructor() {
        this.seen = 0;
        this.tags = ["a", { b: null }];
        this.unfit = () => this.seen;
    }

    update() {
        this.seen += 1;
        return this.unfit();
    }

    reset() {}
}
