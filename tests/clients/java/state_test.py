#!/usr/bin/env python3
"""What a Java script keeps over a hot reload: state_test.py PATH/TO/clients/java"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from talking import ASK, KEEPS, SCENE, TAKES, Compiled, KeepsFields, give, main

# One build for all tests: a player and a game, both without hooks.
SCRIPT = """import dragoman.Json;
import java.util.*;

class MLPlay {
    enum Mood { CALM, WILD }
    int seen = 1;
    float speed = 2.5f;
    Mood mood = Mood.CALM;
    char key = 'x';
    double[][] grid = {{1, 2}, {3, 4}};
    Map<String, List<Integer>> paths = new TreeMap<>(Map.of("a", List.of(1, 2)));
    Set<String> names = new HashSet<>(List.of("n"));
    Object any = 1.5;
    Object unfit = 3;
    final int fixed = 4;
    transient int cache = 5;
    Random random = new Random();

    public Object update(Map<String, Object> scene) {
        int sum = 0;
        for (int each : paths.values().iterator().next()) sum += each;
        return Json.list(seen, speed, mood, String.valueOf(key), grid, sum, names, any, cache);
    }

    public void reset() {}
}

class Game extends dragoman.Game {
    String early = "new";
    long entity;
    boolean over;

    public void setup() {}

    public boolean update(Map<String, Object> commands) {
        return over;
    }

    public Map<String, Object> scenes() {
        return Json.object("1P", Json.list(early, entity, over, round));
    }

    public Map<String, Object> result() {
        return Json.object();
    }
}
"""
KEPT = {"seen": 1, "speed": 2.5, "mood": "CALM", "key": "x", "grid": [[1, 2], [3, 4]], "paths": {"a": [1, 2]}, "names": ["n"], "any": 1.5}


class StateTest(KeepsFields, Compiled):
    language = "java"
    file = "script.java"
    source = SCRIPT
    kept = KEPT
    unfit = "unfit, random"
    round = "round"

    def test_fields_come_back_with_their_types_and_what_fits_no_more_is_left_out(self):
        state = {"seen": 2.5, "speed": 1, "mood": "WILD", "key": "y", "grid": [], "paths": {"b": [3, 4]}, "names": ["m"], "any": [None], "cache": 0}
        came = self.talk(self.argv, give(state), SCENE, **KEEPS, **TAKES)
        self.assertEqual(("__command__", [1, 1, "WILD", "y", [], 7, ["m"], [None], 5]), came[-1])

    def test_half_a_surrogate_pair_is_an_error_and_the_script_goes_on(self):
        came = self.talk(self.argv, give({"any": "\ud83d"}), ASK, SCENE, **KEEPS, **TAKES)
        self.assertIn("surrogate", came[-2][1]["error"]["message"])
        came = self.talk(self.argv, give({"any": "\U0001f600 \\ud83d\n"}), ASK, **KEEPS, **TAKES)
        self.assertEqual("\U0001f600 \\ud83d\n", came[-1][1]["state"]["any"])


if __name__ == "__main__":
    main()
