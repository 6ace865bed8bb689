// A game: everybody guesses a number, and hears whether it was too low or too high. Its dragoman.toml says at least
//
//	name = "guess"    script = "this_file.go"    [players] names = ["1P", "2P"]
package main

import "dragoman"

type Game struct {
	dragoman.Game // Players, Params, Frame, World, Random, ...
	over          bool
}

// A round begins. The world is empty: what it shall hold is declared and created here.
func (g *Game) Setup() {
	g.over = false
	g.World.Component("Secret", "number: i32")
	g.World.Component("Guess", "seat: text", "hint: text", "tries: i32")
	g.World.Create(dragoman.Object{"Secret": dragoman.Object{"number": 1 + g.Random.Intn(100)}})
	for _, seat := range g.Players {
		g.World.Create(dragoman.Object{"Guess": dragoman.Object{"seat": seat, "hint": "none"}})
	}
}

// One tick: commands[seat] is what that player returned, or nil. True ends the round.
func (g *Game) Update(commands dragoman.Object) bool {
	_, secret := g.World.One("Secret")
	right := dragoman.Number(secret, "number")
	g.over = g.Frame >= 100
	for _, row := range g.World.Query("Guess") {
		guess := row.Components[0]
		said, isNumber := commands[dragoman.Text(guess, "seat")].(float64)
		if !isNumber {
			continue
		}
		hint := "right"
		if said < right {
			hint = "higher"
		} else if said > right {
			hint = "lower"
		}
		g.World.Set(row.Entity, "Guess", dragoman.Object{"hint": hint, "tries": dragoman.Int(guess, "tries") + 1})
		g.over = g.over || said == right
	}
	return g.over
}

// What each player sees. `status` is GAME_ALIVE as long as the round goes on.
func (g *Game) Scenes() dragoman.Object {
	status := "GAME_ALIVE"
	if g.over {
		status = "GAME_OVER"
	}
	scenes := dragoman.Object{}
	for _, row := range g.World.Query("Guess") {
		guess := row.Components[0]
		scenes[dragoman.Text(guess, "seat")] = dragoman.Object{
			"frame": g.Frame, "status": status, "hint": guess["hint"], "tries": guess["tries"]}
	}
	return scenes
}

// Asked for when the round is over. Equal ranks are a draw.
func (g *Game) Result() dragoman.Object {
	result := dragoman.Object{}
	for _, row := range g.World.Query("Guess") {
		rank, score := 2, 0
		if row.Components[0]["hint"] == "right" {
			rank, score = 1, 1
		}
		result[dragoman.Text(row.Components[0], "seat")] = dragoman.Object{"rank": rank, "score": score}
	}
	return result
}

// Optional: what the broker draws.
func (g *Game) Picture() dragoman.Object {
	shapes := dragoman.List{}
	for i, row := range g.World.Query("Guess") {
		text := dragoman.Text(row.Components[0], "seat") + ": " + dragoman.Text(row.Components[0], "hint")
		shapes = append(shapes, dragoman.Object{"text": dragoman.List{4, 4 + 12*i}, "value": text, "color": "#cccccc"})
	}
	return dragoman.Object{"width": 200, "height": 100, "background": "#101018", "shapes": shapes}
}
