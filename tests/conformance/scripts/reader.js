// Reads a data file through the client: see ../README.md.
const fs = require("fs");
const dragoman = require("dragoman");

class MLPlay {
    update(scene) {
        const file = dragoman.openData(scene.path);
        const text = fs.readFileSync(file, "utf8");
        fs.closeSync(file);
        return text.split("\n")[0];
    }

    reset() {}
}
