"use strict";
// Which files the script has loaded besides its own: required, imported, or opened as data.
const fs = require("fs");
const path = require("path");
const Module = require("module");
const { MessageChannel, receiveMessageOnPort } = require("worker_threads");

const MOST = 4096;
const NOT_THE_USERS = [__dirname + path.sep, "/usr/", "/lib/"];

class Uses {
    constructor() {
        this.script = "";
        this.known = new Set();
        this.fresh = [];
        this.imports = null; // a port on which Node's loader tells what it imports
    }

    add(file) {
        if (this.known.has(file) || this.known.size >= MOST || file === this.script) return;
        if (NOT_THE_USERS.some((folder) => file.startsWith(folder))) return;
        if (file.includes(path.sep + "node_modules" + path.sep)) return;
        this.known.add(file);
        this.fresh.push(file);
    }

    /** Those that have not been told yet. */
    taken() {
        for (let told; this.imports && (told = receiveMessageOnPort(this.imports)); ) this.add(told.message);
        if (this.fresh.length === 0) return this.fresh;
        const files = this.fresh;
        this.fresh = [];
        return files;
    }

    /** From here on every require is noticed, also one whose file turns out not to compile. */
    watch_requires() {
        const { load } = Module.prototype;
        const uses = this;
        Module.prototype.load = function (file) {
            uses.add(file);
            return load.call(this, file);
        };
    }

    /** The loader's end of a channel, for its hooks. */
    port_for_imports() {
        const { port1, port2 } = new MessageChannel();
        port1.unref();
        this.imports = port1;
        return port2;
    }

    /** A descriptor of a data file; its name counts from the script's folder. */
    open_data(file, flags = "r") {
        const full = path.resolve(path.dirname(this.script), file);
        const descriptor = fs.openSync(full, flags);
        if (flags === "r" || flags === "rs") this.add(full);
        return descriptor;
    }
}

module.exports = { Uses };
