//! The counter game of the conversations: see tests/conformance/README.md.

use dragoman::{list, object, Base, Entity, Json};

#[derive(Default)]
pub struct Game {
    entity: Entity,
    n: i64,
    over: bool,
}

impl Game {
    fn get(&self, base: &Base) -> i64 {
        base.world.get(self.entity, "Count")["n"].as_i64().unwrap()
    }

    fn set(&self, base: &Base, n: i64) {
        base.world.set(self.entity, "Count", object! {"n": n});
    }

    fn act(&mut self, base: &Base, command: &str) {
        let here = object! {"entity": self.entity, "component": "Count"};
        match command {
            "check" => {
                self.set(base, 100);
                self.n = self.get(base);
            }
            "query" => {
                self.n = base.world.query(&["Count"]).iter().map(|(_, row)| row[0]["n"].as_i64().unwrap()).sum()
            }
            "one" => self.n = base.world.one("Count").1["n"].as_i64().unwrap(),
            "batch" => {
                let mut five = here.clone();
                five.set("values", object! {"n": 5});
                let values = base.world.batch(list![list!["set", five], list!["get", here]]);
                self.n = values[1]["n"].as_i64().unwrap();
            }
            "missing" => {
                let params = object! {"entity": self.entity, "component": "Missing"};
                if dragoman::call("world.get", params).is_err() {
                    self.n = -1;
                }
            }
            "more" => {
                base.world.create(object! {"Count": object! {"n": 1}});
            }
            "move" => {
                base.world.remove(self.entity, "Count");
                base.world.add(self.entity, "Count", object! {"n": 9});
                self.n = base.world.has(self.entity, "Count").into();
            }
            "destroy" => {
                base.world.destroy(self.entity);
                self.n = base.world.alive(self.entity).into();
            }
            "log" => dragoman::log("info", "tick"),
            "fail" => panic!("raised in update"),
            "end" => self.over = true,
            _ => {}
        }
    }
}

impl dragoman::Game for Game {
    fn setup(&mut self, base: &mut Base) {
        base.world.component("Count", &["n: i32"]);
        self.n = base.params["start"].as_i64().unwrap_or(0);
        self.entity = base.world.create(object! {"Count": object! {"n": self.n}});
        self.over = false;
    }

    fn update(&mut self, base: &mut Base, commands: &Json) -> bool {
        match &commands["1P"] {
            Json::Null if base.absent.get("1P").is_some() => self.n = -2,
            Json::Int(k) => {
                self.n = self.get(base) + k;
                self.set(base, self.n);
            }
            Json::Text(command) => self.act(base, command),
            _ => {}
        }
        self.over
    }

    fn scenes(&mut self, base: &mut Base) -> Json {
        let status = if self.over { "GAME_OVER" } else { "GAME_ALIVE" };
        object! {"1P": object! {"frame": base.frame, "status": status, "n": self.n, "round": base.round}}
    }

    fn result(&mut self, _base: &mut Base) -> Json {
        object! {"1P": object! {"rank": 1, "score": self.n}}
    }

    fn picture(&mut self, _base: &mut Base) -> Json {
        let text = object! {"text": [0, 0], "value": self.n.to_string(), "color": "#ffffff"};
        object! {"width": 100, "height": 100, "background": "#000000", "shapes": [text]}
    }
}
