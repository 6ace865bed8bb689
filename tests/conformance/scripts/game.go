// The counter game of the conversations: see tests/conformance/README.md.
package main

import (
	"fmt"

	"dragoman"
)

type Game struct {
	dragoman.Game
	entity dragoman.Entity
	n      int
	over   bool
}

func (g *Game) Setup() {
	g.World.Component("Count", "n: i32")
	g.n = dragoman.Int(g.Params, "start")
	g.entity = g.World.Create(dragoman.Object{"Count": count(g.n)})
	g.over = false
}

func (g *Game) Update(commands dragoman.Object) bool {
	switch command := commands["1P"].(type) {
	case nil:
		if _, absent := g.Absent["1P"]; absent {
			g.n = -2
		}
	case float64:
		g.n = g.get() + int(command)
		g.World.Set(g.entity, "Count", count(g.n))
	case string:
		g.do(command)
	}
	return g.over
}

func (g *Game) do(command string) {
	switch command {
	case "check":
		g.World.Set(g.entity, "Count", count(100))
		g.n = g.get()
	case "query":
		g.n = 0
		for _, row := range g.World.Query("Count") {
			g.n += dragoman.Int(row.Components[0], "n")
		}
	case "one":
		_, values := g.World.One("Count")
		g.n = dragoman.Int(values, "n")
	case "batch":
		values := g.World.Batch(
			dragoman.List{"set", dragoman.Object{"entity": g.entity, "component": "Count", "values": count(5)}},
			dragoman.List{"get", dragoman.Object{"entity": g.entity, "component": "Count"}})
		g.n = dragoman.Int(values, 1, "n")
	case "missing":
		if _, err := dragoman.Call("world.get", dragoman.Object{"entity": g.entity, "component": "Missing"}); err != nil {
			g.n = -1
		}
	case "more":
		g.World.Create(dragoman.Object{"Count": count(1)})
	case "move":
		g.World.Remove(g.entity, "Count")
		g.World.Add(g.entity, "Count", count(9))
		g.n = number(g.World.Has(g.entity, "Count"))
	case "destroy":
		g.World.Destroy(g.entity)
		g.n = number(g.World.Alive(g.entity))
	case "log":
		dragoman.Log("info", "tick")
	case "fail":
		panic("raised in update")
	case "end":
		g.over = true
	}
}

func (g *Game) get() int {
	return dragoman.Int(g.World.Get(g.entity, "Count"), "n")
}

func (g *Game) Scenes() dragoman.Object {
	status := "GAME_ALIVE"
	if g.over {
		status = "GAME_OVER"
	}
	return dragoman.Object{"1P": dragoman.Object{"frame": g.Frame, "status": status, "n": g.n, "round": g.Round}}
}

func (g *Game) Result() dragoman.Object {
	return dragoman.Object{"1P": dragoman.Object{"rank": 1, "score": g.n}}
}

func (g *Game) Picture() dragoman.Object {
	text := dragoman.Object{"text": dragoman.List{0, 0}, "value": fmt.Sprint(g.n), "color": "#ffffff"}
	return dragoman.Object{"width": 100, "height": 100, "background": "#000000", "shapes": dragoman.List{text}}
}

func count(n int) dragoman.Object {
	return dragoman.Object{"n": n}
}

func number(yes bool) int {
	if yes {
		return 1
	}
	return 0
}
