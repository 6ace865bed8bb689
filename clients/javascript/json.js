"use strict";
// JSON in the form of Python's json.dumps, which is the form on the wire: ", ", ": ", ASCII only.

const DEEPEST = 256;

function dumps(value) {
    return write(value === undefined ? null : value, 0);
}

function write(value, depth) {
    if (depth > DEEPEST) throw new TypeError(`cannot be written as JSON: nested deeper than ${DEEPEST}`);
    if (value === null) return "null";
    if (typeof value.toJSON === "function") value = value.toJSON();
    switch (typeof value) {
        case "string":
            return text(value);
        case "boolean":
        case "bigint":
            return String(value);
        case "number":
            if (!Number.isFinite(value)) throw new TypeError(`${value} cannot be written as JSON`);
            return String(value);
        case "object":
            break;
        default:
            throw new TypeError(`a ${typeof value} cannot be written as JSON`);
    }
    if (value === null) return "null";
    if (Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView))) {
        return "[" + Array.from(value, (item) => write(item === undefined ? null : item, depth + 1)).join(", ") + "]";
    }
    if (value instanceof Map || value instanceof Set || value instanceof Promise) {
        throw new TypeError(`a ${value.constructor.name} cannot be written as JSON`);
    }
    const fields = [];
    for (const key of Object.keys(value)) {
        if (value[key] !== undefined) fields.push(text(key) + ": " + write(value[key], depth + 1));
    }
    return "{" + fields.join(", ") + "}";
}

function text(value) {
    return JSON.stringify(value).replace(/[\u007f-\uffff]/g, escaped);
}

function escaped(unit) {
    return "\\u" + unit.charCodeAt(0).toString(16).padStart(4, "0");
}

module.exports = { dumps };
