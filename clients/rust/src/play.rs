//! The loops around `MLPlay`, around `Game`, and around a script that only answers calls.

use crate::session::{hello, receive, receive_or, role, send};
use crate::{client_ready, client_reset, failure, get_init_args, object, send_command, state, verbs, world};
use crate::{Base, Game, Json, Random, Verb, World};

/// `impl dragoman::MLPlay for MLPlay { ... }`
pub trait MLPlay: Sized {
    fn new(init_args: &Json) -> Self;
    /// The command for a scene; "RESET" ends the round.
    fn update(&mut self, scene_info: &Json) -> Json;
    fn reset(&mut self);
    /// What its next version is to know when the script is saved while it plays. Defined in the script's own file.
    fn preserve_state(&self) -> Json {
        Json::Null
    }
    /// What the version before it knew, after `new()`.
    fn restore_state(&mut self, _state: &Json) {}
}

/// What compile_script found in the user's file.
#[derive(Default)]
pub struct Script {
    pub file: &'static str,
    pub player: Option<fn()>,
    pub game: Option<fn()>,
    pub gives_state: &'static [&'static str], // which of "player", "game" define preserve_state
    pub takes_state: &'static [&'static str],
    pub verbs: Vec<Verb>,
}

/// Plays the script; the generated `main` calls it.
pub fn main(script: Script) {
    failure::watch_panics();
    let Script { file, player, game, gives_state, takes_state, verbs } = script;
    let played = failure::catching(|| {
        verbs::offer(verbs);
        state::has_hooks(gives_state.contains(&role()), takes_state.contains(&role()));
        hello();
        match (role(), player, game) {
            ("player", Some(play), _) | ("game", _, Some(play)) => play(),
            ("player", None, _) => refuse("a player's script defines MLPlay: impl dragoman::MLPlay for ...", file),
            ("game", _, None) => refuse("a game's script defines Game: impl dragoman::Game for ...", file),
            _ => {
                client_ready();
                receive("");
            }
        }
    });
    if let Err(error) = played {
        failure::fail(error);
    }
}

fn refuse(expected: &str, file: &str) {
    let message = format!("{}; {} does not", expected, file);
    eprintln!("{}", message);
    failure::fail(object! {"code": "compile_error", "message": message, "trace": ""});
}

pub fn player<P: MLPlay>() {
    let mut ml = P::new(get_init_args());
    if let Some(state) = state::of_version_before() {
        ml.restore_state(&state);
    }
    client_ready();
    loop {
        let scene = receive_or("__scene_info__", || state::answer(|| ml.preserve_state()));
        let command = ml.update(&scene);
        let over = scene.get("status").map_or(false, |status| *status != "GAME_ALIVE");
        if over || command == "RESET" {
            client_reset();
            ml.reset();
            client_ready();
        } else {
            send_command(command);
        }
    }
}

pub fn game<G: Game>() {
    let about = &get_init_args()["dragoman"];
    let seats = |list: &Json| -> Vec<String> {
        list.items().iter().map(|seat| seat.as_str().unwrap_or("").to_string()).collect()
    };
    let seed = about["seed"].as_i64().unwrap_or(0);
    let mut base = Base {
        players: seats(&about["players"]),
        params: about["params"].clone(),
        seed,
        round: 0,
        frame: 0,
        dt: 0.0,
        absent: Json::object(),
        lost: Vec::new(),
        world: World,
        random: Random::new(seed),
    };
    let mut game = G::default();
    if let Some(state) = state::of_version_before() {
        game.restore_state(&mut base, &state);
    }
    client_ready();
    let mut fresh = true;
    loop {
        let tick = receive_or("__update__", || state::answer(|| game.preserve_state()));
        base.frame = tick["frame"].as_i64().unwrap_or(0);
        base.round = tick["round"].as_i64().unwrap_or(0);
        base.seed = tick["seed"].as_i64().unwrap_or(0);
        base.dt = tick["dt"].as_f64().unwrap_or(0.0);
        base.absent = tick["absent"].clone();
        base.lost = seats(&tick["lost"]);
        let start = tick["start"] == Json::Bool(true);
        if start || fresh {
            base.random = Random::new(base.seed);
        }
        fresh = false;
        let mut over = false;
        if start {
            game.setup(&mut base);
        } else {
            over = game.update(&mut base, &tick["commands"]);
        }
        let mut done = object! {"frame": base.frame, "over": over, "scenes": game.scenes(&mut base)};
        if over {
            done.set("result", game.result(&mut base));
        }
        if tick["draw"] == Json::Bool(true) {
            let picture = game.picture(&mut base);
            if !picture.is_null() {
                done.set("picture", picture);
            }
        }
        done.set("changes", world::take_writes());
        send("__done__", done);
    }
}
