//! What a script hands on to its next version: `preserve_state` and `restore_state` of `MLPlay` and `Game`.

use crate::failure::catching;
use crate::session::{get_init_args, receive, say, send};
use crate::{object, Json};
use std::sync::atomic::{AtomicBool, Ordering};

const LONGEST: usize = 16 << 20;
const DEEPEST: usize = 255;

/// Which hooks the script has, and whether the broker waits for a state.
static GIVES: AtomicBool = AtomicBool::new(false);
static TAKES: AtomicBool = AtomicBool::new(false);
static ASKED: AtomicBool = AtomicBool::new(false);

pub fn has_hooks(gives: bool, takes: bool) {
    GIVES.store(gives, Ordering::Relaxed);
    TAKES.store(takes, Ordering::Relaxed);
}

pub fn gives() -> bool {
    GIVES.load(Ordering::Relaxed)
}

/// The object has been made. Where there is a version before it that can be asked, this is what that one knew.
pub fn of_version_before() -> Option<Json> {
    let before = get_init_args()["dragoman"]["reload"]["state"] == Json::Bool(true);
    if !before || !TAKES.load(Ordering::Relaxed) {
        return None;
    }
    send("__state__", object! {"ask": true});
    loop {
        let given = receive("__state__");
        asked(&given);
        if given["ask"].is_null() {
            return given.get("give").cloned(); // or there was nothing to give after all
        }
    }
}

/// The broker asks. Only the loop around the object can answer: while the object is at work, it is not to be looked at.
pub fn asked(body: &Json) {
    if body["ask"] == Json::Bool(true) {
        ASKED.store(true, Ordering::Relaxed);
    }
}

/// To be called by the loop, between two ticks. A hook that panics is told, and the script goes on.
pub fn answer(preserve: impl FnOnce() -> Json) {
    if !ASKED.swap(false, Ordering::Relaxed) {
        return;
    }
    let written = catching(|| {
        let state = preserve();
        if depth(&state) > DEEPEST {
            panic!("the state cannot be written as JSON: nested deeper than {}", DEEPEST);
        }
        state.to_string()
    });
    match written {
        Ok(state) if state.len() <= LONGEST => say("__state__", &format!("{{\"state\": {}}}", state)),
        Ok(state) => {
            let length = state.len();
            let message = format!("its state has {} bytes; at most {} go on to the next version", length, LONGEST);
            send("__state__", object! {"error": object! {"code": "too_long", "message": message, "trace": ""}});
        }
        Err(error) => send("__state__", object! {"error": error}),
    }
}

fn depth(value: &Json) -> usize {
    match value {
        Json::List(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Json::Object(fields) => 1 + fields.iter().map(|(_, item)| depth(item)).max().unwrap_or(0),
        _ => 0,
    }
}
