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
    return mulberry32(Number(BigInt.asUintN(32, BigInt(seed))));
}

function mulberry32(state) {
    const random = () => {
        state = (state + 0x6d2b79f5) | 0;
        let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
        mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
    };
    random.state = () => state >>> 0;
    return random;
}

/** The generator of a game, which is seeded anew for each round, and goes on in the next version of the script. */
class RandomOfRound {
    constructor(game) {
        this.game = game;
        this.of = null; // seed and round
    }

    begin(anew) {
        const { seed, round } = this.game;
        if (!anew && this.of && this.of[0] === seed && this.of[1] === round) return;
        this.of = [seed, round];
        this.game.random = seeded(seed);
    }

    give() {
        const state = this.of && this.game.random.state;
        return state ? { of: this.of, state: `mulberry32 ${state()}` } : undefined;
    }

    /** Of a game in another language it is another generator. */
    take(kept) {
        const [, state] = /^mulberry32 (\d+)$/.exec(kept && kept.state) || [];
        if (state === undefined) return;
        this.of = kept.of;
        this.game.random = mulberry32(Number(state));
    }
}

module.exports = { Game, RandomOfRound };
