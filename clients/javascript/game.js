"use strict";
// The base of a game's script. The game defines setup(), update(commands), scenes(), result() and perhaps picture().
const { World } = require("./world.js");

class Game {
    constructor() {
        const { params = {}, players = [], seed = 0 } = Game.session.get_init_args().dragoman || {};
        this.players = players;
        this.params = params;
        this.seed = seed;
        this.round = 0;
        this.frame = 0;
        this.dt = 0;
        this.absent = {};
        this.lost = [];
        this.world = new World(Game.session);
        this.random = seeded(seed);
        Game.members = Object.keys(this);
    }
    setup() {}
    update(_commands) {
        return false;
    }
    scenes() {
        return {};
    }
    result() {
        return {};
    }
}

/** Math.random cannot be seeded; this is mulberry32, the same on every machine. */
function seeded(seed) {
    let state = Number(BigInt.asUintN(32, BigInt(seed)));
    return () => {
        state = (state + 0x6d2b79f5) | 0;
        let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
        mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
    };
}

module.exports = { Game, seeded };
