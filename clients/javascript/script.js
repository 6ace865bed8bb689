"use strict";
// Loads the user's script, whatever module system it is written for, and finds what it defines.
const fs = require("fs");
const path = require("path");
const vm = require("vm");
const Module = require("module");
const { pathToFileURL } = require("url");

const OURS = path.join(__dirname, "dragoman.js");
const TOP_LEVEL = /^(?:async\s+function|function|class|const|let|var)\s*\*?\s+([A-Za-z_$][\w$]*)/gm;
const IMPORTS_LATER = /\bimport\s*\(/;
const SPEAKS_ESM =
    /Cannot use import statement|Unexpected token 'export'|Cannot use 'import\.meta'|await is only valid/;

/** { name: value } of what the script exports or, in a plain script, declares at its top level. */
async function load(file, uses) {
    const resolve = Module._resolveFilename;
    Module._resolveFilename = (request, ...rest) => (request === "dragoman" ? OURS : resolve(request, ...rest));

    uses.watch_requires();
    if (is_esm(file)) return load_esm(file, uses);
    try {
        return load_commonjs(file, uses);
    } catch (error) {
        if (!(error instanceof SyntaxError) || !SPEAKS_ESM.test(error.message) || file.endsWith(".cjs")) throw error;
        return load_esm(file, uses);
    }
}

function load_commonjs(file, uses) {
    const source = fs.readFileSync(file, "utf8").replace(/^\ufeff/, "");
    const names = new Set([...source.matchAll(TOP_LEVEL)].map((match) => match[1]));
    const found = [...names].map((name) => `${name}: typeof ${name} === "undefined" ? undefined : ${name}`);

    const script = new Module(file, null);
    script.filename = file;
    script.paths = Module._nodeModulePaths(path.dirname(file));
    Module._cache[file] = script;
    if (IMPORTS_LATER.test(source) && Module.register) hook_imports("", uses);
    try {
        script._compile(`${source}\n;module.declared = { ${found.join(", ")} };`, file, "commonjs");
    } catch (error) {
        if (error instanceof SyntaxError) compile_alone(source, file);
        throw error;
    }
    script.loaded = true;

    const exported = script.exports;
    if (typeof exported === "function") return { ...named(exported), ...script.declared, ...exported };
    const exports_something = Object.keys(exported).length > 0;
    return { ...(exports_something ? pick(script.declared, ["MLPlay", "Game"]) : script.declared), ...exported };
}

/** A half-written script would go on in the line that is added: of what is its own Node says what it always says. */
function compile_alone(source, file) {
    vm.compileFunction(source, ["exports", "require", "module", "__filename", "__dirname"], { filename: file });
}

async function load_esm(file, uses) {
    const script = pathToFileURL(file).href;
    if (!Module.register) throw new Error("scripts written as ES modules need Node 18.19, 20.6 or later");
    hook_imports(script, uses);
    const exported = await import(script);
    const main = exported.default;
    return typeof main === "function" ? { ...named(main), ...exported } : { ...main, ...exported };
}

function hook_imports(script, uses) {
    const imports = uses.port_for_imports();
    const data = { script, imports, client: pathToFileURL(path.join(__dirname, "dragoman.mjs")).href };
    Module.register("./hooks.mjs", pathToFileURL(__filename), { data, transferList: [imports] });
}

/** A script whose one export has no name of its own means the class that is asked for. */
function named(exported) {
    const has_name = exported.name && exported.name !== "default";
    return has_name ? { [exported.name]: exported } : { MLPlay: exported, Game: exported };
}

/** What the extension says or, for .js, the nearest package.json. */
function is_esm(file) {
    if (!file.endsWith(".js")) return file.endsWith(".mjs");
    for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
        try {
            return JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8")).type === "module";
        } catch {
            if (folder === path.dirname(folder)) return false;
        }
    }
}

function pick(object, names) {
    return Object.fromEntries(names.filter((name) => object[name] !== undefined).map((name) => [name, object[name]]));
}

module.exports = { load };
