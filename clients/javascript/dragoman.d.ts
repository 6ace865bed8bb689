// Types of what a script sees. An editor finds them with: /// <reference path=".../clients/javascript/dragoman.d.ts" />

declare module "dragoman" {
    type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
    type Values = { [field: string]: Json };
    type Entity = number;
    type Level = "debug" | "info" | "warning" | "error";

    interface InitArgs {
        args: Json[];
        kwargs: { [name: string]: Json };
        dragoman?: {
            protocol: number;
            name: string;
            role: "player" | "game" | "system" | "verb";
            script: string;
            params: { [name: string]: Json };
            [key: string]: Json;
        };
    }

    /** A game's own keys come on top. */
    interface SceneInfo {
        frame: number;
        status: string;
        [key: string]: any;
    }

    /** What a player's script defines; it may do without `implements`. update and reset may be async. */
    interface MLPlay {
        update(scene_info: SceneInfo): Json | Promise<Json>;
        reset(): void | Promise<void>;
        /** What its next version is to know when the script is saved while it plays; data for JSON. */
        preserveState?(): any;
        /** What the version before it knew; called after the constructor. */
        restoreState?(data: any): void | Promise<void>;
    }

    interface World {
        component(name: string, ...fields: string[]): null;
        create(components: { [component: string]: Values }): Entity;
        destroy(entity: Entity): void;
        add(entity: Entity, component: string, values?: Values): void;
        remove(entity: Entity, component: string): void;
        set(entity: Entity, component: string, values: Values): void;
        get(entity: Entity, component: string): any;
        alive(entity: Entity): boolean;
        has(entity: Entity, component: string): boolean;
        query(...components: (string | { with?: string[]; without?: string[] })[]): [Entity, ...any[]][];
        one(component: string): [Entity, any];
        batch(calls: [method: string, params: Values][]): any[];
    }

    interface Standing {
        rank: number;
        score: number;
        [key: string]: Json;
    }

    interface Shape {
        rect?: [left: number, top: number, width: number, height: number];
        circle?: [x: number, y: number, radius: number];
        line?: [x1: number, y1: number, x2: number, y2: number];
        text?: [x: number, y: number];
        value?: string;
        color: string;
    }

    interface Picture {
        width: number;
        height: number;
        background?: string;
        shapes: Shape[];
    }

    class Game {
        readonly players: string[];
        readonly params: { [name: string]: any };
        /** This round's. */
        readonly seed: number;
        readonly round: number;
        /** Updates since the round's start: 0 in setup, 1 in the first update. */
        readonly frame: number;
        /** Seconds. */
        readonly dt: number;
        /** Seat -> why it has sent nothing in the last tick. */
        readonly absent: { [seat: string]: string };
        /** Seats that have lost their script for good. */
        readonly lost: string[];
        readonly world: World;
        /** As Math.random, but the same for the same seed. */
        random(): number;

        setup(): void;
        /** True when the round is over. */
        update(commands: { [seat: string]: Json }): boolean;
        scenes(): { [seat: string]: SceneInfo };
        result(): { [seat: string]: Standing };
        picture?(): Picture;
        /** As MLPlay's. Without them a game keeps what its constructor does not make. */
        preserveState?(): any;
        restoreState?(data: any): void | Promise<void>;
    }

    class CallError extends Error {
        code: string;
        remote_trace?: string;
    }

    function get_init_args(): InitArgs;
    function client_ready(): void;
    function get_scene_info(): SceneInfo;
    function send_command(command: Json): void;
    function client_reset(): void;
    function log(level: Level, message: string): void;
    /** A descriptor of a data file, for example for fs.readFileSync; a change of the file reloads the script. The name counts from the script's folder. */
    function openData(file: string, flags?: string): number;
    function call(method: string, params?: Values | Json[]): any;
}
