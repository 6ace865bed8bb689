package dragoman

import (
	"fmt"
	"os"
)

// MLPlay is what a player's script defines. Update returns the command; "RESET" ends the round.
type MLPlay interface {
	Update(scene Scene) any
	Reset()
}

// Script is what compile_script found in the user's file.
type Script struct {
	File      string
	NewMLPlay func(init Init) MLPlay
	NewGame   func() GameScript
	Verbs     []Verb
}

// Main plays the script; the generated main calls it.
func Main(script Script) {
	defer failOnPanic()
	scriptFile = script.File
	for _, verb := range script.Verbs {
		verbs[verb.Name] = verb
	}
	hello()
	switch {
	case role() == "player" && script.NewMLPlay != nil:
		playPlayer(script.NewMLPlay(GetInitArgs()))
	case role() == "game" && script.NewGame != nil:
		playGame(script.NewGame())
	case role() == "verb":
		ClientReady()
		receive("")
	default:
		expected := "type MLPlay with Update and Reset"
		if role() == "game" {
			expected = "type Game that holds dragoman.Game"
		}
		message := fmt.Sprintf("a %s's script defines %s; %s does not", role(), expected, script.File)
		fmt.Fprintln(os.Stderr, message)
		fail(Object{"code": "compile_error", "message": message, "trace": ""})
	}
}

func playPlayer(ml MLPlay) {
	ClientReady()
	for {
		scene := GetSceneInfo()
		command := ml.Update(scene)
		status, said := scene["status"]
		if command == "RESET" || (said && status != "GAME_ALIVE") {
			ClientReset()
			ml.Reset()
			ClientReady()
		} else {
			SendCommand(command)
		}
	}
}
