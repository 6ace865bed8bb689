//! A game that keeps its number: see ../README.md.

use dragoman::{object, Base, Json};

#[derive(Default)]
pub struct Game {
    n: i64,
}

impl dragoman::Game for Game {
    fn setup(&mut self, _base: &mut Base) {
        self.n = 0;
    }

    fn update(&mut self, _base: &mut Base, commands: &Json) -> bool {
        self.n += commands["1P"].as_i64().unwrap_or(0);
        false
    }

    fn scenes(&mut self, base: &mut Base) -> Json {
        object! {"1P": object! {"frame": base.frame, "status": "GAME_ALIVE", "n": self.n}}
    }

    fn result(&mut self, _base: &mut Base) -> Json {
        object! {"1P": object! {"rank": 1, "score": self.n}}
    }

    fn preserve_state(&self) -> Json {
        object! {"n": self.n}
    }

    fn restore_state(&mut self, _base: &mut Base, state: &Json) {
        self.n = state["n"].as_i64().unwrap();
    }
}
