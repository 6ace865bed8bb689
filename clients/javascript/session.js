"use strict";
// One conversation with the broker: the five functions, calls both ways, failing. See docs/protocol.md.
const fs = require("fs");
const { dumps } = require("./json.js");
const { Uses } = require("./uses.js");

const CLIENT = "dragoman-javascript 0.1.0";
const DEEPEST_CALL = 16;
const LONGEST_STATE = 16 << 20;

/** What a call was answered with when it failed. */
class CallError extends Error {
    constructor({ code, message, trace }) {
        super(`${code}: ${message}`);
        this.name = "CallError";
        this.code = code;
        this.remote_trace = trace;
    }
}

class Session {
    constructor(wire) {
        this.wire = wire;
        this.init = null;
        this.role = "player"; // what the script defines; said in hello
        this.verbs = () => undefined; // name -> function, once the script is loaded
        this.memory = null; // what it can hand on to its next version
        this.uses = new Uses();
        this.greeted = false;
        this.early_logs = []; // of a script that logs while it is loaded: hello comes first
        this.writes = []; // of the world, not yet sent
        this.last_id = 0;
        this.answers = new Map(); // id -> null while waited for, then [header, body]
        this.depth = 0; // calls being served
    }

    get extended() {
        return this.get_init_args().dragoman !== undefined;
    }

    get_init_args() {
        if (this.init === null) this.init = this.receive((header, body) => (header === "__init__" ? body : undefined));
        return this.init;
    }

    hello() {
        if (this.greeted || !this.extended) return;
        const features = ["log", "error", "call", "uses"];
        if (this.memory?.gives) features.push("state");
        this.send("__hello__", { protocol: 1, client: CLIENT, role: this.role, features });
        this.greeted = true;
        for (const body of this.early_logs) this.send("__log__", body);
    }

    client_ready() {
        this.hello();
        this.write("__command__ READY");
    }

    get_scene_info() {
        return this.receive((header, body) => (header === "__scene_info__" ? body : undefined));
    }

    send_command(command) {
        this.send("__command__", command);
    }

    client_reset() {
        this.write("__command__ RESET");
    }

    log(level, message) {
        const body = { level, message: String(message) };
        if (!this.extended) console.error(`${level}: ${message}`);
        else if (this.greeted) this.send("__log__", body);
        else this.early_logs.push(body);
    }

    call(method, params = {}) {
        if (!this.extended) throw new CallError({ code: "denied", message: "this broker speaks only the classic level" });
        this.hello();
        const id = ++this.last_id;
        this.answers.set(id, null);
        this.send("__call__", { id, method, params });
        const [header, body] = this.receive(() => this.answers.get(id) || undefined);
        this.answers.delete(id);
        if (header === "__error__") throw new CallError(body);
        return body.value;
    }

    /** Reads lines, and does what they ask, until `wanted` makes something of one. */
    receive(wanted) {
        for (;;) {
            const line = this.wire.read();
            if (line === null) process.exit(0);
            const blank = line.indexOf(" ");
            const header = line.slice(0, blank);
            const body = JSON.parse(line.slice(blank + 1));
            if (header === "__bye__") process.exit(0);
            if (header === "__call__") this.serve(body);
            else if (header === "__state__" && body.ask) this.give_state();
            else if ((header === "__return__" || header === "__error__") && this.answers.has(body.id)) {
                this.answers.set(body.id, [header, body]);
            }
            const result = wanted(header, body);
            if (result !== undefined) return result;
        }
    }

    serve({ id, method, params }) {
        const verb = this.verbs(method);
        const refuse = (code, message) => this.send("__error__", { id, code, message, trace: "" });
        if (!verb) return refuse("unknown_method", `there is no public function ${method} here`);
        if (this.depth >= DEEPEST_CALL) return refuse("depth", `more than ${DEEPEST_CALL} calls inside each other`);
        this.depth += 1;
        try {
            const value = verb(...positional(verb, params));
            if (value instanceof Promise) throw new TypeError(`${method} is async, but its caller waits`);
            this.send("__return__", { id, value });
        } catch (error) {
            this.send("__error__", { id, ...this.described(error, "raised") });
        } finally {
            this.depth -= 1;
        }
    }

    /** The version before this one, where there is one, is asked for what it knows. */
    async take_over(object) {
        this.memory.object = object;
        if (!this.init.dragoman?.reload?.state || !this.memory.takes) return;
        this.send("__state__", { ask: true });
        const given = this.receive((header, body) => (header === "__state__" && !body.ask ? body : undefined));
        if ("give" in given) await this.memory.take(given.give); // else there was nothing to give after all
    }

    give_state() {
        try {
            const state = this.memory?.give();
            const line = dumps({ state: state === undefined ? null : state });
            if (has_half_characters(line)) throw new TypeError("a text with half a surrogate pair cannot be written as JSON");
            const length = line.length - '{"state": }'.length;
            if (length > LONGEST_STATE) {
                const message = `its state has ${length} bytes; at most ${LONGEST_STATE} go on to the next version`;
                return this.send("__state__", { error: { code: "too_long", message, trace: "" } });
            }
            this.tell_passed_over();
            this.write("__state__ " + line);
        } catch (error) {
            this.send("__state__", { error: this.described(error, "raised") });
        }
    }

    tell_passed_over() {
        const names = this.memory?.passed_over || [];
        if (names.length === 0 || this.told_passed_over) return;
        this.told_passed_over = true;
        this.log("debug", `not kept for the next version, since it is no plain data: ${names.join(", ")}`);
    }

    send(header, body) {
        this.write(header + " " + dumps(body));
    }

    /** Files that the script has loaded since the last line are named before this one. */
    write(line) {
        if (this.greeted) {
            const files = this.uses.taken();
            if (files.length > 0) this.wire.write("__uses__ " + dumps({ files }));
        }
        this.wire.write(line);
    }

    /** The end of a script that cannot go on. */
    fail(error, code = "raised") {
        const body = this.described(error, code);
        console.error(body.trace);
        if (this.init?.dragoman) {
            this.hello();
            this.send("__error__", body);
        }
        process.exit(1);
    }

    described(error, code) {
        const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
        const trace = (error && error.stack) || message;
        return { code, message, trace: String(trace), ...this.place(String(trace)) };
    }

    /** Where it happened: what does not compile; else the innermost frame in the script's file, else in its folder's helpers. */
    place(trace) {
        const frames = [...trace.matchAll(/(?:^|[( ]|file:\/\/)(\/[^\n]*?):(\d+)(?=[:)\n]|$)/gm)];
        const script = this.init?.dragoman?.script;
        const frame = (/^(file:\/)?\//.test(trace) && frames[0])
            || frames.find(([, file]) => file === script || decoded(file) === script)
            || frames.find(([, file]) => !file.startsWith(__dirname + "/"));
        if (!frame) return {};
        const file = decoded(frame[1]);
        let line = Number(frame[2]);
        try {
            const lines = fs.readFileSync(file, "utf8").trimEnd().split("\n");
            line = Math.min(line, lines.length); // a script that is half written ends after its last line
            return { file, line, source: lines[line - 1].trim() };
        } catch {
            return { file, line };
        }
    }
}

/** In JSON that is all ASCII. The broker would take such a line for broken. */
function has_half_characters(line) {
    return line.includes("\\ud") && /(?<!\\)(\\\\)*\\ud/.test(JSON.stringify(JSON.parse(line))); // which writes whole pairs as they are
}

function decoded(file) {
    try {
        return decodeURIComponent(file);
    } catch {
        return file;
    }
}

/** Params that came by name, in the order in which the function names them. */
function positional(verb, params) {
    if (Array.isArray(params)) return params;
    if (params === undefined || params === null) return [];
    const source = Function.prototype.toString.call(verb);
    const list = /^(?:async\s+)?(?:function\b)?\s*[\w$]*\s*\(([\w$,\s]*)\)/.exec(source);
    const names = list ? list[1].split(",").map((name) => name.trim()).filter(Boolean) : [];
    const known = Object.keys(params).every((name) => names.includes(name));
    return known ? names.map((name) => params[name]) : [params];
}

module.exports = { Session, CallError };
