//! The world's calls. Writes wait in a list until something is read, or until the tick is done.

use crate::session::{call_now, CallError};
use crate::{list, object, Json};
use std::sync::Mutex;

pub type Entity = i64;

static WRITES: Mutex<Vec<Json>> = Mutex::new(Vec::new());

/// The writes that nothing has carried to the broker yet.
pub fn take_writes() -> Vec<Json> {
    std::mem::take(&mut WRITES.lock().unwrap())
}

/// A call of the world, with the waiting writes in front.
pub fn read(method: &str, params: Json) -> Result<Json, CallError> {
    let mut calls = take_writes();
    if calls.is_empty() {
        return call_now(&format!("world.{}", method), params);
    }
    let writes = calls.len();
    if method == "batch" {
        calls.extend_from_slice(params["calls"].items());
    } else {
        calls.push(list![method, params]);
    }
    let values = call_now("world.batch", object! {"calls": calls})?;
    let asked = &values.items()[writes..];
    Ok(if method == "batch" { Json::from(asked.to_vec()) } else { asked[0].clone() })
}

/// A call that fails panics; `dragoman::call("world.get", ...)` gives its error back instead.
#[derive(Clone, Copy, Default)]
pub struct World;

impl World {
    /// `component("Ball", &["x: f32", "speed: f32 = 7"])`
    #[track_caller]
    pub fn component(&self, name: &str, fields: &[&str]) {
        sure("component", object! {"name": name, "fields": fields.to_vec()});
    }

    #[track_caller]
    pub fn create(&self, components: Json) -> Entity {
        sure("create", object! {"components": components}).as_i64().unwrap_or(0)
    }

    #[track_caller]
    pub fn get(&self, entity: Entity, component: &str) -> Json {
        sure("get", object! {"entity": entity, "component": component})
    }

    #[track_caller]
    pub fn alive(&self, entity: Entity) -> bool {
        sure("alive", object! {"entity": entity}) == Json::Bool(true)
    }

    #[track_caller]
    pub fn has(&self, entity: Entity, component: &str) -> bool {
        sure("has", object! {"entity": entity, "component": component}) == Json::Bool(true)
    }

    pub fn destroy(&self, entity: Entity) {
        later("destroy", object! {"entity": entity});
    }

    pub fn add(&self, entity: Entity, component: &str, values: Json) {
        later("add", object! {"entity": entity, "component": component, "values": values});
    }

    pub fn remove(&self, entity: Entity, component: &str) {
        later("remove", object! {"entity": entity, "component": component});
    }

    pub fn set(&self, entity: Entity, component: &str, values: Json) {
        later("set", object! {"entity": entity, "component": component, "values": values});
    }

    /// For each entity that has all these components: the entity, and the components in the order asked for.
    #[track_caller]
    pub fn query(&self, components: &[&str]) -> Vec<(Entity, Vec<Json>)> {
        self.query_where(components, &[], &[])
    }

    /// The same for entities that also have `with` and have none of `without`.
    #[track_caller]
    pub fn query_where(&self, components: &[&str], with: &[&str], without: &[&str]) -> Vec<(Entity, Vec<Json>)> {
        let mut params = object! {"components": components.to_vec()};
        for (key, names) in [("with", with), ("without", without)] {
            if !names.is_empty() {
                params.set(key, names.to_vec());
            }
        }
        let row = |row: &Json| (row[0].as_i64().unwrap_or(0), row.items()[1..].to_vec());
        sure("query", params).items().iter().map(row).collect()
    }

    /// The single row of a query.
    #[track_caller]
    pub fn one(&self, component: &str) -> (Entity, Json) {
        let mut rows = self.query(&[component]);
        if rows.len() != 1 {
            panic!("one({:?}): there are {} rows", component, rows.len());
        }
        let (entity, mut components) = rows.remove(0);
        (entity, components.remove(0))
    }

    /// Many calls in one round trip: `batch(list![list!["get", object! {...}], ...])`. All happen or none does.
    #[track_caller]
    pub fn batch(&self, calls: Json) -> Json {
        sure("batch", object! {"calls": calls})
    }
}

#[track_caller]
fn sure(method: &str, params: Json) -> Json {
    match read(method, params) {
        Ok(value) => value,
        Err(error) => panic!("world.{}: {}", method, error),
    }
}

fn later(method: &str, params: Json) {
    WRITES.lock().unwrap().push(list![method, params]);
}
