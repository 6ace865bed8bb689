// Loads files, at its start and later: see ../README.md.
const first = require("./loaded/first.js");

class MLPlay {
    update(scene) {
        return scene.do === "load" ? require("./loaded/second.js") : first;
    }

    reset() {}
}
