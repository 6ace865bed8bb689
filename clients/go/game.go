package dragoman

import "math/rand"

// Game is the base of a game's script: type Game struct { dragoman.Game; ... }
type Game struct {
	Players []string
	Params  Object
	Seed    int64 // this round's
	Round   int
	Frame   int               // updates since the round's start: 0 in Setup, 1 in the first Update
	Dt      float64           // seconds
	Absent  map[string]string // seat -> why it has sent nothing in the last tick
	Lost    []string          // seats that have lost their script for good
	World   World
	Random  *rand.Rand // seeded anew for each round
}

func (g *Game) base() *Game { return g }

// GameScript is what a game's script defines, beside the base.
type GameScript interface {
	base() *Game
	Setup()
	Update(commands Object) bool // true when the round is over
	Scenes() Object              // seat -> scene
	Result() Object              // seat -> {"rank", "score"}
}

// Painter is a game that also says what it looks like.
type Painter interface {
	Picture() Object
}

func playGame(game GameScript) {
	base := game.base()
	var about struct {
		Players []string `json:"players"`
		Params  Object   `json:"params"`
		Seed    int64    `json:"seed"`
	}
	decode(encode(GetInitArgs().Dragoman, "__init__"), &about)
	base.Players, base.Params, base.Seed = about.Players, about.Params, about.Seed
	base.Random = rand.New(rand.NewSource(base.Seed))
	takeOver(game)
	ClientReady()
	fresh := true
	for {
		var tick struct {
			Frame       int
			Round       int
			Seed        int64
			Dt          float64
			Start, Draw bool
			Commands    Object
			Absent      map[string]string
			Lost        []string
		}
		decode(receive("__update__"), &tick)
		base.Frame, base.Round, base.Seed, base.Dt = tick.Frame, tick.Round, tick.Seed, tick.Dt
		base.Absent, base.Lost = tick.Absent, tick.Lost
		if tick.Start || fresh {
			base.Random = rand.New(rand.NewSource(tick.Seed))
		}
		fresh = false
		over := false
		if tick.Start {
			game.Setup()
		} else {
			over = game.Update(tick.Commands)
		}
		done := Object{"frame": tick.Frame, "over": over, "scenes": game.Scenes()}
		if over {
			done["result"] = game.Result()
		}
		if painter, paints := game.(Painter); paints && tick.Draw {
			done["picture"] = painter.Picture()
		}
		done["changes"] = takeWrites()
		send("__done__", done, "the scenes")
	}
}
