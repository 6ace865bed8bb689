"use strict";
// The world's calls. Writes wait in a list until something is read, or until the tick is done.

class World {
    constructor(session) {
        this.session = session;
    }

    component(name, ...fields) {
        return this.read("component", { name, fields });
    }
    create(components) {
        return this.read("create", { components });
    }
    get(entity, component) {
        return this.read("get", { entity, component });
    }
    alive(entity) {
        return this.read("alive", { entity });
    }
    has(entity, component) {
        return this.read("has", { entity, component });
    }

    destroy(entity) {
        this.session.writes.push(["destroy", { entity }]);
    }
    add(entity, component, values = {}) {
        this.session.writes.push(["add", { entity, component, values: { ...values } }]);
    }
    remove(entity, component) {
        this.session.writes.push(["remove", { entity, component }]);
    }
    set(entity, component, values) {
        this.session.writes.push(["set", { entity, component, values: { ...values } }]);
    }

    /** Rows [entity, {first component}, ...]. Names of components, then perhaps { with: [...], without: [...] }. */
    query(...components) {
        const filter = typeof components[components.length - 1] === "object" ? components.pop() : {};
        return this.read("query", { components, ...filter });
    }

    one(component) {
        const rows = this.query(component);
        if (rows.length !== 1) throw new Error(`one("${component}"): there are ${rows.length} rows`);
        return rows[0];
    }

    /** The values of [method, params] pairs, in one round trip. All happen or none does. */
    batch(calls) {
        const all = this.taken().concat(calls);
        return this.session.call("world.batch", { calls: all }).slice(all.length - calls.length);
    }

    read(method, params) {
        if (this.session.writes.length === 0) return this.session.call("world." + method, params);
        return method === "batch" ? this.batch(params.calls) : this.batch([[method, params]])[0];
    }

    /** The writes that nothing has carried to the broker yet. */
    taken() {
        const writes = this.session.writes;
        this.session.writes = [];
        return writes;
    }
}

module.exports = { World };
