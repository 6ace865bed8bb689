//! A game: everybody guesses a number, and hears whether it was too low or too high. Its dragoman.toml says at least
//!     name = "guess"    script = "this_file.rs"    [players] names = ["1P", "2P"]

use dragoman::{object, Base, Json};
use std::cmp::Ordering;

#[derive(Default)]
pub struct Game {
    over: bool,
}

impl dragoman::Game for Game {
    /// A round begins. The world is empty: what it shall hold is declared and created here.
    /// `base` has the seats, the parameters, the frame, the world, and random numbers.
    fn setup(&mut self, base: &mut Base) {
        self.over = false;
        base.world.component("Secret", &["number: i32"]);
        base.world.component("Guess", &["seat: text", "hint: text", "tries: i32"]);
        let number = base.random.whole(1, 100);
        base.world.create(object! {"Secret": object! {"number": number}});
        for seat in &base.players {
            base.world.create(object! {"Guess": object! {"seat": seat, "hint": "none"}});
        }
    }

    /// One tick: commands[seat] is what that player returned, or null. True ends the round.
    fn update(&mut self, base: &mut Base, commands: &Json) -> bool {
        let (_, secret) = base.world.one("Secret");
        let right = secret["number"].as_i64().unwrap();
        self.over = base.frame >= 100;
        for (entity, guess) in base.world.query(&["Guess"]) {
            let guess = &guess[0];
            let said = match commands[guess["seat"].as_str().unwrap()].as_i64() {
                Some(said) => said,
                None => continue,
            };
            let hint = match said.cmp(&right) {
                Ordering::Less => "higher",
                Ordering::Greater => "lower",
                Ordering::Equal => "right",
            };
            let tries = guess["tries"].as_i64().unwrap_or(0) + 1;
            base.world.set(entity, "Guess", object! {"hint": hint, "tries": tries});
            self.over = self.over || said == right;
        }
        self.over
    }

    /// What each player sees. `status` is GAME_ALIVE as long as the round goes on.
    fn scenes(&mut self, base: &mut Base) -> Json {
        let status = if self.over { "GAME_OVER" } else { "GAME_ALIVE" };
        let mut scenes = Json::object();
        for (_, guess) in base.world.query(&["Guess"]) {
            let scene = object! {
                "frame": base.frame, "status": status, "hint": &guess[0]["hint"], "tries": &guess[0]["tries"],
            };
            scenes.set(guess[0]["seat"].as_str().unwrap(), scene);
        }
        scenes
    }

    /// Asked for when the round is over. Equal ranks are a draw.
    fn result(&mut self, base: &mut Base) -> Json {
        let mut result = Json::object();
        for (_, guess) in base.world.query(&["Guess"]) {
            let won = guess[0]["hint"] == "right";
            let standing = object! {"rank": if won { 1 } else { 2 }, "score": if won { 1 } else { 0 }};
            result.set(guess[0]["seat"].as_str().unwrap(), standing);
        }
        result
    }

    /// Optional: what the broker draws.
    fn picture(&mut self, base: &mut Base) -> Json {
        let mut shapes = Vec::new();
        for (row, (_, guess)) in base.world.query(&["Guess"]).iter().enumerate() {
            let text = format!("{}: {}", guess[0]["seat"].as_str().unwrap(), guess[0]["hint"].as_str().unwrap());
            shapes.push(object! {"text": [4, 4 + 12 * row as i64], "value": text, "color": "#cccccc"});
        }
        object! {"width": 200, "height": 100, "background": "#101018", "shapes": shapes}
    }
}
