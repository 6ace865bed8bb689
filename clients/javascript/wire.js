"use strict";
// Lines over the two descriptors of the conversation. Reading waits: a script has nothing to do before its next scene.
const fs = require("fs");

const LF = 0x0a;

class Wire {
    constructor(input, output) {
        this.input = input;
        this.output = output;
        this.block = Buffer.alloc(1 << 16);
        this.pieces = []; // bytes of a line whose end has not come yet
        this.rest = Buffer.alloc(0); // bytes after the last line handed out
    }

    /** The next line without its end, or null when the broker has closed its side. */
    read() {
        for (;;) {
            const end = this.rest.indexOf(LF);
            if (end >= 0) {
                this.pieces.push(this.rest.subarray(0, end));
                this.rest = this.rest.subarray(end + 1);
                const line = this.pieces.length === 1 ? this.pieces[0] : Buffer.concat(this.pieces);
                this.pieces = [];
                return line.toString("utf8");
            }
            if (this.rest.length > 0) this.pieces.push(Buffer.from(this.rest));
            const count = patiently(() => fs.readSync(this.input, this.block, 0, this.block.length, null));
            if (count === 0) return null;
            this.rest = this.block.subarray(0, count);
        }
    }

    write(line) {
        const bytes = Buffer.from(line + "\n", "utf8");
        for (let sent = 0; sent < bytes.length; ) {
            sent += patiently(() => fs.writeSync(this.output, bytes, sent, bytes.length - sent));
        }
    }
}

/** Does `action` again while a descriptor that somebody made non-blocking is not ready. */
function patiently(action) {
    for (;;) {
        try {
            return action();
        } catch (error) {
            if (error.code === "EPIPE") process.exit(0); // the broker is gone
            if (error.code === "EOF") return 0;
            if (error.code !== "EAGAIN" && error.code !== "EINTR") throw error;
            Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
        }
    }
}

/** The conversation as the launcher arranged it: on descriptors of its own, or, without a word about it, on 0 and 1. */
function open() {
    const [input, output] = (process.env.DRAGOMAN_CHANNEL || "0,1").split(",").map(Number);
    delete process.env.DRAGOMAN_CHANNEL;
    return new Wire(input, output);
}

module.exports = { Wire, open };
