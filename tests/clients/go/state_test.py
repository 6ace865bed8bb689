#!/usr/bin/env python3
"""What a Go script keeps over a hot reload: state_test.py PATH/TO/clients/go"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from talking import KEEPS, SCENE, TAKES, Compiled, KeepsFields, give, main

# One program for all tests: a player whose constructor tells no more than an interface, and a game without hooks.
SCRIPT = """package main

import "dragoman"

type point struct{ X, Y float64 }

type Brain struct {
	seen   int
	big    int64
	path   []point
	counts map[string]int
	any    any
	next   *Brain
	loop   dragoman.List
}

func NewMLPlay(dragoman.Init) dragoman.MLPlay {
	b := &Brain{seen: 1, big: 1<<62 + 1, path: []point{{1, 2.5}}, counts: map[string]int{"a": 1}}
	b.any = dragoman.Object{"k": dragoman.List{1.5, nil, true}}
	b.loop = dragoman.List{nil}
	b.loop[0] = b.loop
	return b
}

func (b *Brain) Update(dragoman.Scene) any {
	return dragoman.List{b.seen, b.big, b.path, b.counts, b.any}
}

func (b *Brain) Reset() {}

type Game struct {
	dragoman.Game
	early  string
	entity dragoman.Entity
	over   bool
}

func NewGame() *Game { return &Game{early: "new"} }

func (g *Game) Setup() {}

func (g *Game) Update(dragoman.Object) bool { return g.over }

func (g *Game) Scenes() dragoman.Object {
	return dragoman.Object{"1P": dragoman.List{g.early, g.entity, g.over, g.Round}}
}

func (g *Game) Result() dragoman.Object { return dragoman.Object{} }
"""
KEPT = {"seen": 1, "big": 2**62 + 1, "path": [{"X": 1, "Y": 2.5}], "counts": {"a": 1}, "any": {"k": [1.5, None, True]}}


class StateTest(KeepsFields, Compiled):
    language = "go"
    file = "script.go"
    source = SCRIPT
    kept = KEPT
    unfit = "next, loop"
    round = "Round"

    def test_fields_come_back_with_their_types_and_what_fits_no_more_is_left_out(self):
        state = {"seen": "nine", "path": [{"X": 7, "Y": 8}], "counts": {"b": 2}, "any": [3], "gone": 1, "next": {}}
        came = self.talk(self.argv, give(state), SCENE, **KEEPS, **TAKES)
        self.assertEqual(("__command__", [1, 2**62 + 1, [{"X": 7, "Y": 8}], {"b": 2}, [3]]), came[-1])


if __name__ == "__main__":
    main()
