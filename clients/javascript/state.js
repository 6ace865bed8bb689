"use strict";
// What a script hands on to its next version: what its hooks say, or its object's plain data. docs/protocol.md, section 9.

const DEEPEST = 250;
const RANDOM = "__random__"; // of a game: where the round's generator is

class Memory {
    /** Of the objects of a class. A game keeps by itself what its constructor does not make: its setup() runs once a round. */
    constructor(type, { keep_attributes = false, is_game = false }) {
        const has = (hook) => typeof (type.prototype || {})[hook] === "function";
        const by_itself = !has("preserveState") && !has("restoreState") && (keep_attributes || is_game);
        this.gives = has("preserveState") || by_itself;
        this.takes = has("restoreState") || by_itself;
        this.by_itself = by_itself;
        this.only_missing = by_itself && !keep_attributes;
        this.object = null;
        this.never = new Set(); // members of the object that are the client's
        this.passed_over = null; // names of what was no plain data, the last time
        this.random = null;
    }

    give() {
        if (this.object === null || !this.gives) throw new Error("this script has nothing that could give a state");
        const state = this.of_object();
        const random = this.random && is_object(state) && this.random.give();
        return random ? { ...state, [RANDOM]: random } : state;
    }

    of_object() {
        if (!this.by_itself) return this.object.preserveState();
        const names = Object.keys(this.object).filter((name) => !this.never.has(name));
        this.passed_over = names.filter((name) => !is_plain(this.object[name], 0));
        return Object.fromEntries(
            names.filter((name) => !this.passed_over.includes(name)).map((name) => [name, this.object[name]]),
        );
    }

    async take(state) {
        if (this.random && is_object(state)) {
            this.random.take(state[RANDOM]);
            delete state[RANDOM];
        }
        if (!this.by_itself) return await this.object.restoreState(state);
        if (!is_object(state)) return undefined;
        for (const [name, value] of Object.entries(state)) {
            if (this.never.has(name) || name === "__proto__") continue;
            if (!this.only_missing || !(name in this.object)) this.object[name] = value;
        }
        return undefined;
    }
}

function is_object(value) {
    return value !== null && typeof value === "object" && [Object.prototype, null].includes(Object.getPrototypeOf(value));
}

/** Comes back from JSON as it was. */
function is_plain(value, depth) {
    if (value === null || typeof value === "boolean" || typeof value === "string") return true;
    if (typeof value === "number") return Number.isFinite(value);
    if (typeof value !== "object" || depth > DEEPEST) return false;
    if (Array.isArray(value)) return value.every((item) => is_plain(item, depth + 1));
    if (!is_object(value) || typeof value.toJSON === "function") return false;
    return Object.values(value).every((item) => is_plain(item, depth + 1));
}

module.exports = { Memory };
