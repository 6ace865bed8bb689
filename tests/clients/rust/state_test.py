#!/usr/bin/env python3
"""What a Rust script keeps over a hot reload: state_test.py PATH/TO/clients/rust"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from talking import ASK, READY, SCENE, TAKES, UPDATE, Compiled, give, main

# One program for all tests: a player with both hooks, and a game whose hook's name stands only where it is no hook.
SCRIPT = """use dragoman::{list, object, Base, Json};

pub struct MLPlay { seen: i64 }

impl dragoman::MLPlay for MLPlay {
    fn new(_: &Json) -> Self { MLPlay { seen: 0 } }
    fn update(&mut self, scene: &Json) -> Json {
        if scene["call"] == "one" { let _ = dragoman::call("one", ()); }
        self.seen += 1;
        list![self.seen, '}'.to_string()]
    }
    fn reset(&mut self) {}
    fn preserve_state(&self) -> Json {
        (0..self.seen).fold(object! {"seen": self.seen}, |inner, _| list![inner])
    }
    fn restore_state(&mut self, state: &Json) { self.seen = state.as_i64().unwrap(); }
}

#[derive(Default)]
pub struct Game;

impl dragoman::Game for Game {
    fn setup(&mut self, _: &mut Base) {}
    fn update(&mut self, _: &mut Base, _: &Json) -> bool { false }
    fn scenes(&mut self, _: &mut Base) -> Json { object! {} } // fn preserve_state(&self)
    fn result(&mut self, _: &mut Base) -> Json { object! {} }
}

pub fn preserve_state() {}
"""


class StateTest(Compiled):
    language = "rust"
    file = "script.rs"
    source = SCRIPT

    def test_asked_in_the_middle_of_a_tick_it_answers_when_the_tick_is_over(self):
        scene = ("__scene_info__", {"frame": 0, "call": "one"})
        came = self.talk(self.argv, scene, ASK, ("__return__", {"id": 1, "value": None}))
        self.assertEqual([("__command__", [1, "}"]), ("__state__", {"state": [{"seen": 1}]})], came[2:])

    def test_a_state_nested_too_deeply_is_an_error_and_the_script_goes_on(self):
        came = self.talk(self.argv, give(300), ASK, SCENE, **TAKES)
        self.assertIn("nested deeper", came[2][1]["error"]["message"])
        self.assertEqual(("__command__", [301, "}"]), came[3])

    def test_a_script_without_hooks_says_so_and_asks_for_nothing(self):
        self.assertEqual([READY, ("__done__", {"frame": 7, "over": False, "scenes": {}, "changes": []})],
                         self.talk(self.argv, UPDATE, role="game", **TAKES))  # fmt: skip
        self.assertNotIn("state", self.features)


if __name__ == "__main__":
    main()
