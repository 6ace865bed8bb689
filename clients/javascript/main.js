"use strict";
// main.js SCRIPT: what the broker starts.
const { session } = require("./dragoman.js");
const { load } = require("./script.js");
const { Memory } = require("./state.js");
const { play_player, play_game, serve_verbs } = require("./loop.js");

async function main(file) {
    const { dragoman = {} } = session.get_init_args();
    session.uses.script = file;
    let script;
    try {
        script = await load(file, session.uses);
    } catch (error) {
        return session.fail(error, error instanceof SyntaxError ? "compile_error" : "raised");
    }
    session.verbs = (name) => (name === "preserveState" || name === "restoreState" || name.startsWith("_") || !is_verb(script[name]) ? undefined : script[name]);

    const role = dragoman.role || "player";
    session.role = role;
    if (role === "player" && script.MLPlay) {
        session.memory = new Memory(script.MLPlay, dragoman);
        session.hello();
        await play_player(session, script.MLPlay);
    } else if (role === "game" && script.Game) {
        session.memory = new Memory(script.Game, { ...dragoman, is_game: true });
        session.hello();
        await play_game(session, script.Game);
    } else if (role === "verb") {
        session.memory = new Memory({ prototype: script }, {});
        session.hello();
        await session.take_over(script);
        serve_verbs(session);
    } else {
        const there = Object.keys(script).filter((name) => script[name] !== undefined).join(", ") || "nothing";
        const expected = role === "game" ? "class Game extends dragoman.Game" : "class MLPlay";
        session.fail(`a ${role}'s script defines ${expected}; ${file} defines: ${there}`, "compile_error");
    }
}

function is_verb(value) {
    return typeof value === "function" && !/^class\b/.test(Function.prototype.toString.call(value));
}

process.on("uncaughtException", (error) => session.fail(error));
process.on("beforeExit", () => session.fail(new Error("a promise that the script returned can never be settled")));
main(process.argv[2]).catch((error) => session.fail(error));
