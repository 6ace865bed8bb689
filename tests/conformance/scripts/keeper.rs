//! A player that keeps what it has seen: see ../README.md.

use dragoman::{object, Json};

pub struct MLPlay {
    seen: i64,
    give: String,
}

impl dragoman::MLPlay for MLPlay {
    fn new(_init_args: &Json) -> Self {
        MLPlay { seen: 0, give: "state".to_string() }
    }

    fn update(&mut self, scene: &Json) -> Json {
        if let Some(method) = scene["call"].as_str() {
            let _ = dragoman::call(method, ());
        }
        if let Some(give) = scene["give"].as_str() {
            self.give = give.to_string();
        }
        self.seen += 1;
        self.seen.into()
    }

    fn reset(&mut self) {
        self.seen = 0;
    }

    fn preserve_state(&self) -> Json {
        match self.give.as_str() {
            "raise" => panic!("raised in giving"),
            "long" => object! {"text": "x".repeat(17 << 20)},
            "nonsense" => object! {"seen": f64::NAN},
            _ => object! {"seen": self.seen},
        }
    }

    fn restore_state(&mut self, state: &Json) {
        if let Some(text) = state["raise"].as_str() {
            panic!("{}", text);
        }
        self.seen = state["seen"].as_i64().unwrap();
    }
}
