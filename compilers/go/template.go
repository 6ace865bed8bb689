// A player. The loop around it is the client's; what it gets and what it may answer is the game's business.
// These scenes are pong's: try it with `dragoman run examples/pong -i this_file.go`.
package main

import "dragoman"

type MLPlay struct {
	platform string
}

// init.Args: what the game's dragoman.toml says for this seat; here the seat's name.
func NewMLPlay(init dragoman.Init) *MLPlay {
	seat := dragoman.Text(init.Args, 0)
	if seat == "" {
		seat = "1P"
	}
	return &MLPlay{platform: "platform_" + seat}
}

// Once for each tick. What is returned is the command: any value that JSON can hold.
func (m *MLPlay) Update(scene dragoman.Scene) any {
	if dragoman.Number(scene, "ball_speed", 1) == 0 {
		return "SERVE_TO_LEFT"
	}

	distance := dragoman.Int(scene, "ball", 0) - (dragoman.Int(scene, m.platform, 0) + 20)
	switch {
	case distance <= -5:
		return "MOVE_LEFT"
	case distance >= 5:
		return "MOVE_RIGHT"
	}
	return "NONE"
}

// After the last scene of a round, before the next round begins.
func (m *MLPlay) Reset() {}
