"use strict";
// The loops around MLPlay, around Game, and around a script that only answers calls.
const { Game: Base, RandomOfRound } = require("./game.js");

async function play_player(session, MLPlay) {
    const ml = new MLPlay(session.get_init_args());
    await session.take_over(ml);
    session.client_ready();
    for (;;) {
        const scene = session.get_scene_info();
        const command = await ml.update(scene);
        const over = scene.status !== undefined && scene.status !== "GAME_ALIVE";
        if (command === "RESET" || over) {
            session.client_reset();
            if (ml.reset) await ml.reset();
            session.client_ready();
        } else {
            session.send_command(command);
        }
        await callbacks();
    }
}

async function play_game(session, Game) {
    const game = new Game();
    session.memory.never = new Set(Base.members);
    session.memory.random = new RandomOfRound(game);
    await session.take_over(game);
    session.client_ready();
    for (;;) {
        const tick = session.receive((header, body) => (header === "__update__" ? body : undefined));
        const { frame, round, seed, dt, absent = {}, lost = [] } = tick;
        Object.assign(game, { frame, round, seed, dt, absent, lost });
        session.memory.random.begin(tick.start);
        game.world.taken(); // nothing is left over from a tick that failed
        let over = false;
        if (tick.start) {
            await game.setup();
        } else {
            over = Boolean(await game.update(tick.commands));
        }
        const done = { frame, over, scenes: await game.scenes() };
        if (over) done.result = await game.result();
        if (tick.draw && game.picture) done.picture = await game.picture();
        done.changes = game.world.taken();
        session.send("__done__", done);
        await callbacks();
    }
}

function serve_verbs(session) {
    session.client_ready();
    session.receive(() => undefined);
}

/** Reading blocks the event loop: between two ticks, what the script has started (timers, promises) gets its turn. */
function callbacks() {
    return new Promise(setImmediate);
}

module.exports = { play_player, play_game, serve_verbs };
