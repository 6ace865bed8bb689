package dragoman

import (
	"fmt"
	"os"
	"reflect"
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
	Player    reflect.Type // of what these two make, as far as the source tells
	Game      reflect.Type
	Verbs     []Verb
}

// Main plays the script; the generated main calls it.
func Main(script Script) {
	defer failOnPanic()
	scriptFile = script.File
	for _, verb := range script.Verbs {
		verbs[verb.Name] = verb
	}
	memory.kind = map[string]reflect.Type{"player": script.Player, "game": script.Game}[role()]
	if kindKnown() || role() == "verb" {
		hello() // else it is said once the object has been made, which tells whether it has hooks
	}
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
	takeOver(ml)
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
