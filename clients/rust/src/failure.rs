//! What the broker is told when a script panics.

use crate::{object, session, Json};
use std::cell::RefCell;
use std::panic;

thread_local! {
    static LAST: RefCell<Json> = RefCell::new(Json::Null);
}

/// Runs `action`; when it panics, the body of `__error__` comes back.
pub fn catching<T>(action: impl FnOnce() -> T) -> Result<T, Json> {
    panic::catch_unwind(panic::AssertUnwindSafe(action)).map_err(|_| LAST.with(|last| last.replace(Json::Null)))
}

/// From here on a panic is remembered with its place, beside being shown on stderr as ever.
pub fn watch_panics() {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let payload = info.payload();
        let message = match (payload.downcast_ref::<&str>(), payload.downcast_ref::<String>()) {
            (Some(text), _) => text.to_string(),
            (_, Some(text)) => text.clone(),
            _ => "a panic".to_string(),
        };
        let mut body = object! {"code": "raised", "message": message.as_str(), "trace": message.as_str()};
        let ours = file!().trim_end_matches("failure.rs");
        if let Some(place) = info.location().filter(|place| !place.file().starts_with(ours)) {
            body.set("trace", format!("panicked at {}:\n{}", place, message));
            body.set("file", place.file());
            body.set("line", place.line());
            if let Some(source) = source_line(place.file(), place.line() as usize) {
                body.set("source", source);
            }
        }
        LAST.with(|last| last.replace(body));
        usual(info);
    }));
}

pub fn fail(body: Json) -> ! {
    session::hello();
    if session::extended() {
        session::send("__error__", body);
    }
    std::process::exit(1)
}

fn source_line(file: &str, line: usize) -> Option<String> {
    let text = std::fs::read_to_string(file).ok()?;
    text.lines().nth(line - 1).map(|source| source.trim().to_string())
}
