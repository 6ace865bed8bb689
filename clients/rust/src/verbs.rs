//! Functions of the script that can be called by name: `dragoman::verbs![add, make_wall];`

use crate::failure::catching;
use crate::{object, session, Json};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Mutex;

const DEEPEST_CALL: usize = 16;

pub struct Verb {
    name: &'static str,
    call: Box<dyn Fn(&[Json]) -> Json + Send + Sync>,
}

static VERBS: Mutex<&'static [Verb]> = Mutex::new(&[]);
static DEPTH: AtomicUsize = AtomicUsize::new(0);

/// Names the script's verbs. Their parameters are `Json`, numbers, `bool`, `String` or `Vec` of these.
#[macro_export]
macro_rules! verbs {
    ($($function:ident),* $(,)?) => {
        pub fn dragoman_verbs() -> Vec<$crate::Verb> {
            vec![$($crate::verb(stringify!($function), $function)),*]
        }
    };
}

pub fn verb<A>(name: &'static str, function: impl Callable<A> + Send + Sync + 'static) -> Verb {
    Verb { name, call: Box::new(move |params| function.call(params)) }
}

pub fn offer(verbs: Vec<Verb>) {
    *VERBS.lock().unwrap() = Box::leak(verbs.into_boxed_slice());
}

pub fn serve(body: &Json) {
    let method = body["method"].as_str().unwrap_or("");
    let known: &'static [Verb] = *VERBS.lock().unwrap();
    let refuse = |code: &str, message: String| {
        session::send("__error__", object! {"id": &body["id"], "code": code, "message": message, "trace": ""});
    };
    let verb = match known.iter().find(|verb| verb.name == method) {
        Some(verb) => verb,
        None => return refuse("unknown_method", format!("{} is not among the script's dragoman::verbs!", method)),
    };
    if DEPTH.load(Ordering::Relaxed) >= DEEPEST_CALL {
        return refuse("depth", format!("more than {} calls inside each other", DEEPEST_CALL));
    }
    let whole;
    let params = match &body["params"] {
        Json::List(params) => &params[..],
        Json::Null => &[],
        named => {
            whole = [named.clone()];
            &whole
        }
    };
    DEPTH.fetch_add(1, Ordering::Relaxed);
    let done = catching(|| session::send("__return__", object! {"id": &body["id"], "value": (verb.call)(params)}));
    DEPTH.fetch_sub(1, Ordering::Relaxed);
    if let Err(mut error) = done {
        error.set("id", &body["id"]);
        session::send("__error__", error);
    }
}

/// What a verb can take.
pub trait FromJson: Sized {
    fn from_json(value: &Json) -> Option<Self>;
}

macro_rules! from_json {
    ($($type:ty => |$value:ident| $from:expr;)*) => {
        $(impl FromJson for $type {
            fn from_json($value: &Json) -> Option<$type> {
                $from
            }
        })*
    };
}

from_json! {
    Json => |value| Some(value.clone());
    bool => |value| value.as_bool();
    i32 => |value| value.as_i64().and_then(|whole| whole.try_into().ok());
    i64 => |value| value.as_i64();
    u32 => |value| value.as_i64().and_then(|whole| whole.try_into().ok());
    u64 => |value| value.as_i64().and_then(|whole| whole.try_into().ok());
    usize => |value| value.as_i64().and_then(|whole| whole.try_into().ok());
    f32 => |value| value.as_f64().map(|number| number as f32);
    f64 => |value| value.as_f64();
    String => |value| value.as_str().map(str::to_string);
}

impl<T: FromJson> FromJson for Vec<T> {
    fn from_json(value: &Json) -> Option<Vec<T>> {
        match value {
            Json::List(items) => items.iter().map(T::from_json).collect(),
            _ => None,
        }
    }
}

pub trait Callable<A> {
    fn call(&self, params: &[Json]) -> Json;
}

fn param<T: FromJson>(params: &[Json], place: usize) -> T {
    let value = params.get(place).unwrap_or_else(|| panic!("parameter {} is missing", place + 1));
    T::from_json(value).unwrap_or_else(|| panic!("parameter {} cannot be {}", place + 1, value))
}

macro_rules! callable {
    ($($type:ident $place:literal)*) => {
        impl<F: Fn($($type),*) -> R, R: Into<Json>, $($type: FromJson),*> Callable<($($type,)*)> for F {
            #[allow(unused_variables)]
            fn call(&self, params: &[Json]) -> Json {
                self($(param::<$type>(params, $place)),*).into()
            }
        }
    };
}

callable!();
callable!(A 0);
callable!(A 0 B 1);
callable!(A 0 B 1 C 2);
callable!(A 0 B 1 C 2 D 3);
callable!(A 0 B 1 C 2 D 3 E 4);
