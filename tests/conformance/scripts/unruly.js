// Does what the scene's key `do` says: see tests/conformance/README.md.
const dragoman = require("dragoman");

class MLPlay {
    constructor(init_args) {
        this.init_args = init_args;
        this.on_reset = undefined;
        const { params = {} } = init_args.dragoman || {};
        if (params.init === "raise") throw new Error("raised in the constructor");
        if (params.init === "hang") sleep(1e9);
        if (params.init === "exit") process.exit(7);
        if (params.init === "print") console.log("constructed");
    }

    update(scene) {
        if (scene.on_reset !== undefined) this.on_reset = scene.on_reset;
        const value = scene.value === undefined ? null : scene.value;
        switch (scene.do) {
            case "print":
                console.log(scene.text);
                return value;
            case "stderr":
                console.error(scene.text);
                return value;
            case "flood":
                flood(scene.stream === "stderr" ? process.stderr : process.stdout, scene.bytes);
                return value;
            case "raise":
                throw new Error(scene.text);
            case "exit":
                process.exit(scene.code);
            case "segfault":
                process.kill(process.pid, "SIGSEGV");
                sleep(1e9);
            case "abort":
                process.abort();
            case "hang":
                sleep(1e9);
            case "busy":
                for (;;);
            case "sleep":
                sleep(scene.seconds);
                return value;
            case "drip":
                for (;;) {
                    console.log("drip");
                    sleep(0.02);
                }
            case "log":
                dragoman.log(scene.level, scene.text);
                return value;
            case "call":
                try {
                    return dragoman.call(scene.method, scene.params);
                } catch (error) {
                    return { error: error.code };
                }
            case "twice":
                dragoman.send_command(value);
                return value;
            case "init":
                return this.init_args;
            case "scene":
                return scene;
            default:
                return value;
        }
    }

    reset() {
        if (this.on_reset === "raise") throw new Error("raised in reset");
        if (this.on_reset === "exit") process.exit(7);
        if (this.on_reset === "hang") sleep(1e9);
        this.on_reset = undefined;
    }
}

function sleep(seconds) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, seconds * 1000);
}

function flood(stream, bytes) {
    const line = "x".repeat(79) + "\n";
    for (let left = bytes; left > 0; left -= line.length) stream.write(line.slice(0, left));
}

function add(a, b) {
    return a + b;
}

function again(method, params) {
    return dragoman.call(method, params);
}
