//! What a script in Rust can say to the broker: see docs/writing-a-client.md. Needs nothing but the standard library.

mod failure;
mod game;
mod json;
mod play;
mod session;
mod state;
mod uses;
mod verbs;
mod wire;
mod world;

pub use game::{Base, Game, Random};
pub use json::Json;
pub use play::{game, main, player, MLPlay, Script};
pub use session::{call, client_ready, client_reset, get_init_args, get_scene_info, log, send_command, CallError};
pub use uses::open_data;
pub use verbs::{verb, FromJson, Verb};
pub use world::{Entity, World};
