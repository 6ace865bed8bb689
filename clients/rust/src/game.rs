//! What a game's script defines, and what it gets.

use crate::{Json, World};

/// `impl dragoman::Game for Game { ... }`
pub trait Game: Default {
    /// Declares components, creates the entities of a new round.
    fn setup(&mut self, base: &mut Base);
    /// One tick; `commands[seat]` is a value or null. True when the round is over.
    fn update(&mut self, base: &mut Base, commands: &Json) -> bool;
    /// `{seat: scene}`
    fn scenes(&mut self, base: &mut Base) -> Json;
    /// `{seat: {"rank", "score"}}`, asked for when the round is over.
    fn result(&mut self, base: &mut Base) -> Json;
    /// What it looks like now; null where nothing is to be drawn.
    fn picture(&mut self, _base: &mut Base) -> Json {
        Json::Null
    }
    /// What its next version is to know when the script is saved in the middle of a match. Defined in the script's own file.
    fn preserve_state(&self) -> Json {
        Json::Null
    }
    /// What the version before it knew, after `default()`.
    fn restore_state(&mut self, _base: &mut Base, _state: &Json) {}
}

pub struct Base {
    pub players: Vec<String>,
    pub params: Json,
    /// This round's.
    pub seed: i64,
    pub round: i64,
    /// Updates since the round's start: 0 in `setup`, 1 in the first `update`.
    pub frame: i64,
    /// Seconds.
    pub dt: f64,
    /// Seat -> why it has sent nothing in the last tick.
    pub absent: Json,
    /// Seats that have lost their script for good.
    pub lost: Vec<String>,
    pub world: World,
    /// Seeded anew for each round.
    pub random: Random,
}

/// splitmix64: the standard library has no generator.
pub struct Random {
    state: u64,
}

impl Random {
    pub fn new(seed: i64) -> Random {
        Random { state: seed as u64 }
    }

    /// From 0 up to 1.
    pub fn number(&mut self) -> f64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    /// From `low` to `high`, both included.
    pub fn whole(&mut self, low: i64, high: i64) -> i64 {
        low + (self.number() * (high - low + 1) as f64) as i64
    }
}
