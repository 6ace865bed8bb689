"use strict";
// What a script gets from require("dragoman").
const { Session, CallError } = require("./session.js");
const { World } = require("./world.js");
const { Game } = require("./game.js");
const wire = require("./wire.js");

const session = new Session(wire.open());
Game.session = session;

module.exports = {
    Game,
    CallError,
    get_init_args: () => session.get_init_args(),
    client_ready: () => session.client_ready(),
    get_scene_info: () => session.get_scene_info(),
    send_command: (command) => session.send_command(command),
    client_reset: () => session.client_reset(),
    log: (level, message) => session.log(level, message),
    call: (method, params) => {
        const [, ours] = /^world\.(.*)/.exec(method) || [];
        return ours && session.writes.length > 0 ? new World(session).read(ours, params) : session.call(method, params);
    },
    openData: (file, flags) => session.uses.open_data(file, flags),
};
Object.defineProperty(module.exports, "session", { value: session });
