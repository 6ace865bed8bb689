//! One conversation with the broker: the five functions, calls both ways.

use crate::{list, object, state, uses, verbs, wire, Json};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::Mutex;

const CLIENT: &str = "dragoman-rust 0.1.0";

static INIT: Mutex<Option<&'static Json>> = Mutex::new(None);
static GREETED: AtomicBool = AtomicBool::new(false);
static LAST_ID: AtomicI64 = AtomicI64::new(0);
/// Calls that are waited for; with the header and body of the answer once it is there.
static WAITING: Mutex<Vec<(i64, Option<(String, Json)>)>> = Mutex::new(Vec::new());

/// What a call was answered with when it failed.
#[derive(Clone, Debug)]
pub struct CallError {
    pub code: String,
    pub message: String,
}

impl std::fmt::Display for CallError {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for CallError {}

/// The object of `__init__`; the first call reads it.
pub fn get_init_args() -> &'static Json {
    if let Some(init) = *INIT.lock().unwrap() {
        return init;
    }
    let init: &'static Json = Box::leak(Box::new(receive("__init__")));
    *INIT.lock().unwrap() = Some(init);
    init
}

/// Says READY, and hello before the first.
pub fn client_ready() {
    hello();
    say("__command__", "READY");
}

/// Waits for the next scene.
pub fn get_scene_info() -> Json {
    receive("__scene_info__")
}

/// Answers the scene.
pub fn send_command(command: impl Into<Json>) {
    send("__command__", command.into());
}

/// Says that the round is over for this script.
pub fn client_reset() {
    say("__command__", "RESET");
}

/// Tells the user something. The level is debug, info, warning or error.
pub fn log(level: &str, message: &str) {
    hello();
    if extended() {
        send("__log__", object! {"level": level, "message": message});
    } else {
        eprintln!("{}: {}", level, message);
    }
}

/// Calls anything that the broker offers. The writes to the world that still wait travel in front.
pub fn call(method: &str, params: impl Into<Json>) -> Result<Json, CallError> {
    match method.strip_prefix("world.") {
        Some(ours) => crate::world::read(ours, params.into()),
        None => call_now(method, params.into()),
    }
}

pub fn call_now(method: &str, params: Json) -> Result<Json, CallError> {
    if !extended() {
        let message = "this broker speaks only the classic level, which has no calls".to_string();
        return Err(CallError { code: "denied".to_string(), message });
    }
    hello();
    let id = LAST_ID.fetch_add(1, Ordering::Relaxed) + 1;
    let params = if params.is_null() { Json::object() } else { params };
    WAITING.lock().unwrap().push((id, None));
    send("__call__", object! {"id": id, "method": method, "params": params});
    loop {
        if let Some((header, body)) = answer_to(id) {
            if header == "__return__" {
                return Ok(body["value"].clone());
            }
            let text = |key: &str| body[key].as_str().unwrap_or("").to_string();
            return Err(CallError { code: text("code"), message: text("message") });
        }
        let (header, body) = next_message();
        pass_over(header, body);
    }
}

fn answer_to(id: i64) -> Option<(String, Json)> {
    let mut waiting = WAITING.lock().unwrap();
    let place = waiting.iter().position(|(other, answer)| *other == id && answer.is_some())?;
    waiting.remove(place).1
}

/// Waits for the line with this header, and serves calls meanwhile.
pub fn receive(wanted: &str) -> Json {
    receive_or(wanted, || ())
}

/// The same, and does something between the lines that it passes over.
pub fn receive_or(wanted: &str, between: impl Fn()) -> Json {
    loop {
        between();
        let (header, body) = next_message();
        if header == wanted {
            return body;
        }
        pass_over(header, body);
    }
}

fn next_message() -> (String, Json) {
    loop {
        let line = wire::read();
        let (header, text) = match line.split_once(' ') {
            Some((header, text)) if header.starts_with("__") => (header, text),
            _ => continue,
        };
        if header == "__bye__" {
            std::process::exit(0);
        }
        match Json::parse(text) {
            Ok(body) => return (header.to_string(), body),
            Err(problem) => panic!("{} cannot be read: {}", header, problem),
        }
    }
}

/// Serves a call, keeps an answer for the one who waits for it; the rest is of no interest.
fn pass_over(header: String, body: Json) {
    if header == "__call__" {
        verbs::serve(&body);
    } else if header == "__state__" {
        state::asked(&body);
    } else if header == "__return__" || header == "__error__" {
        let id = body["id"].as_i64();
        let mut waiting = WAITING.lock().unwrap();
        if let Some(place) = waiting.iter_mut().find(|(other, _)| Some(*other) == id) {
            place.1 = Some((header, body));
        }
    }
}

pub fn extended() -> bool {
    !get_init_args()["dragoman"].is_null()
}

pub fn role() -> &'static str {
    get_init_args()["dragoman"]["role"].as_str().unwrap_or("player")
}

pub fn hello() {
    if extended() && !GREETED.swap(true, Ordering::Relaxed) {
        let with_state = list!["log", "error", "call", "uses", "state"];
        let features = if state::gives() { with_state } else { with_state.items()[..4].to_vec().into() };
        let body = object! {"protocol": 1, "client": CLIENT, "role": role(), "features": features};
        wire::write("__hello__", &body.to_string());
    }
}

pub fn send(header: &str, body: Json) {
    say(header, &body.to_string());
}

/// Files that the script has opened since the last line are named before this one.
pub fn say(header: &str, body: &str) {
    if GREETED.load(Ordering::Relaxed) {
        let files = uses::taken();
        if !files.is_empty() {
            wire::write("__uses__", &object! {"files": files}.to_string());
        }
    }
    wire::write(header, body);
}
