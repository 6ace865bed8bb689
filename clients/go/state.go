package dragoman

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
)

const longestState = 16 << 20

// StateGiver is an MLPlay or a Game that hands on what it knows when the script is saved while it plays.
type StateGiver interface {
	PreserveState() any
}

// StateTaker is one that is told, after it was made, what the version before it knew: as encoding/json reads it.
type StateTaker interface {
	RestoreState(state any)
}

// What can be handed on to the next version.
var memory struct {
	kind           reflect.Type // of the object before it is made; an interface where its constructor tells no more
	object         any
	toldPassedOver bool
}

// Made is the type of what a constructor makes.
func Made(constructor any) reflect.Type {
	return reflect.TypeOf(constructor).Out(0)
}

func kindKnown() bool {
	return memory.object != nil || (memory.kind != nil && memory.kind.Kind() != reflect.Interface)
}

func can[Hook any]() bool {
	kind := memory.kind
	if memory.object != nil {
		kind = reflect.TypeOf(memory.object)
	}
	return kind != nil && kind.Implements(reflect.TypeOf((*Hook)(nil)).Elem())
}

func givesState() bool { return can[StateGiver]() || keepsFields() }

// The object has been made. Where there is a version before it, asks for what that one knows.
func takeOver(object any) {
	memory.object = object
	hello()
	before, _ := Value(GetInitArgs().Dragoman, "reload", "state").(bool)
	taker, takes := object.(StateTaker)
	if !before || !(takes || keepsFields()) {
		return
	}
	send("__state__", Object{"ask": true}, "the wish for a state")
	var given struct {
		Ask  bool
		Give json.RawMessage
	}
	decode(receive("__state__"), &given)
	for ; given.Ask; decode(receive("__state__"), &given) {
		given.Ask = false
		giveState()
	}
	switch {
	case given.Give == nil: // there was nothing to give after all
	case !takes:
		takeFields(given.Give)
	default:
		var state any
		decode(given.Give, &state)
		taker.RestoreState(state)
	}
}

// Answers the broker's question. A hook that fails is told, and the script goes on.
func giveState() {
	defer func() {
		if problem := recover(); problem != nil {
			send("__state__", Object{"error": describe(problem)}, "the error")
		}
	}()
	line := encode(Object{"state": state()}, "the state")
	if length := len(line) - len(`{"state": }`); length > longestState {
		message := fmt.Sprintf("its state has %d bytes; at most %d go on to the next version", length, longestState)
		send("__state__", Object{"error": Object{"code": "too_long", "message": message, "trace": ""}}, "the error")
		return
	}
	say("__state__", line)
}

func state() any {
	if giver, gives := memory.object.(StateGiver); gives {
		return giver.PreserveState()
	}
	if memory.object == nil || !keepsFields() {
		panic(errors.New("this script has nothing that could give a state"))
	}
	kept, passedOver := giveFields()
	if len(passedOver) > 0 && !memory.toldPassedOver {
		memory.toldPassedOver = true
		Log("debug", "not kept for the next version, since it is no plain data: "+strings.Join(passedOver, ", "))
	}
	return kept
}
