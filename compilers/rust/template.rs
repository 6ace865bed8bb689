//! A player. The loop around it is the client's; what it gets and what it may answer is the game's business.
//! These scenes are pong's: try it with `dragoman run examples/pong -i this_file.rs`.

use dragoman::Json;

pub struct MLPlay {
    platform: String,
}

impl dragoman::MLPlay for MLPlay {
    /// init_args["args"]: what the game's dragoman.toml says for this seat; here the seat's name.
    fn new(init_args: &Json) -> Self {
        let seat = init_args["args"][0].as_str().unwrap_or("1P");
        MLPlay { platform: format!("platform_{}", seat) }
    }

    /// Once for each tick. What is returned is the command: any value that JSON can hold.
    fn update(&mut self, scene: &Json) -> Json {
        let number = |key: &str, place: usize| scene[key][place].as_i64().unwrap_or(0);
        if number("ball_speed", 1) == 0 {
            return "SERVE_TO_LEFT".into();
        }

        let distance = number("ball", 0) - (number(&self.platform, 0) + 20);
        match distance {
            -4..=4 => "NONE".into(),
            _ if distance < 0 => "MOVE_LEFT".into(),
            _ => "MOVE_RIGHT".into(),
        }
    }

    /// After the last scene of a round, before the next round begins.
    fn reset(&mut self) {}
}
