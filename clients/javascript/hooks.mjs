// Runs in Node's loader: lets ES modules import "dragoman", takes the script for one whatever package.json says, and tells the client
// what is imported, before it is compiled.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

let names;

export function initialize(data) {
    names = data;
}

export function resolve(specifier, context, next) {
    if (specifier === "dragoman") return { url: names.client, format: "module", shortCircuit: true };
    return next(specifier, context);
}

export async function load(url, context, next) {
    if (url.startsWith("file:")) names.imports.postMessage(fileURLToPath(url));
    if (url !== names.script) return next(url, context);
    return { format: "module", source: await readFile(new URL(url)), shortCircuit: true };
}
