// A game that keeps its number: see ../README.md.
package main

import "dragoman"

type Game struct {
	dragoman.Game
	n int
}

func (g *Game) Setup() { g.n = 0 }

func (g *Game) Update(commands dragoman.Object) bool {
	g.n += dragoman.Int(commands, "1P")
	return false
}

func (g *Game) Scenes() dragoman.Object {
	return dragoman.Object{"1P": dragoman.Object{"frame": g.Frame, "status": "GAME_ALIVE", "n": g.n}}
}

func (g *Game) Result() dragoman.Object {
	return dragoman.Object{"1P": dragoman.Object{"rank": 1, "score": g.n}}
}

func (g *Game) PreserveState() any { return dragoman.Object{"n": g.n} }

func (g *Game) RestoreState(state any) { g.n = dragoman.Int(state, "n") }
