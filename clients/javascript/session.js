"use strict";
// One conversation with the broker: the five functions, calls both ways, failing. See docs/protocol.md.
const fs = require("fs");
const { dumps } = require("./json.js");

const CLIENT = "dragoman-javascript 0.1.0";
const DEEPEST_CALL = 16;

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
        this.greeted = true;
        const features = ["log", "error", "call"];
        this.send("__hello__", { protocol: 1, client: CLIENT, role: this.role, features });
        for (const body of this.early_logs) this.send("__log__", body);
    }

    client_ready() {
        this.hello();
        this.wire.write("__command__ READY");
    }

    get_scene_info() {
        return this.receive((header, body) => (header === "__scene_info__" ? body : undefined));
    }

    send_command(command) {
        this.send("__command__", command);
    }

    client_reset() {
        this.wire.write("__command__ RESET");
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

    send(header, body) {
        this.wire.write(header + " " + dumps(body));
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

    /** Where in the script it happened: the innermost frame in its file, else in its folder's helpers. */
    place(trace) {
        const frames = [...trace.matchAll(/(?:^|[( ]|file:\/\/)(\/[^\n]*?):(\d+)(?=[:)\n]|$)/gm)];
        const script = this.init?.dragoman?.script;
        const frame = frames.find(([, file]) => file === script || decoded(file) === script)
            || frames.find(([, file]) => !file.startsWith(__dirname + "/"));
        if (!frame) return {};
        const file = decoded(frame[1]);
        const line = Number(frame[2]);
        try {
            const source = fs.readFileSync(file, "utf8").split("\n")[line - 1];
            return { file, line, source: (source || "").trim() };
        } catch {
            return { file, line };
        }
    }
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
