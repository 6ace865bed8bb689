// A player. The loop around it is the client's; what it gets and what it may answer is the game's business.
// These scenes are pong's: try it with `dragoman run examples/pong -i this_file.js`.

class MLPlay {
    // init_args.args: what the game's dragoman.toml says for this seat; here the seat's name.
    constructor(init_args) {
        this.platform = "platform_" + (init_args.args[0] || "1P");
    }

    // Once for each tick. What is returned is the command: any value that JSON can hold.
    update(scene) {
        if (scene.ball_speed[1] === 0) return "SERVE_TO_LEFT";

        const distance = scene.ball[0] - (scene[this.platform][0] + 20);
        if (Math.abs(distance) < 5) return "NONE";
        return distance < 0 ? "MOVE_LEFT" : "MOVE_RIGHT";
    }

    // After the last scene of a round, before the next round begins.
    reset() {}
}

module.exports = { MLPlay };
