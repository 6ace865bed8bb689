package dragoman

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

const (
	client      = "dragoman-go 0.1.0"
	deepestCall = 16
)

// Init is what the broker says first: Args, Kwargs, and under Dragoman what only the extended level has.
type Init struct {
	Args     List
	Kwargs   Object
	Dragoman Object
	All      Object // the whole of it, whatever a newer broker may say
}

// MarshalJSON gives back what came in.
func (i Init) MarshalJSON() ([]byte, error) { return json.Marshal(i.All) }

// Scene is what a player sees in one tick.
type Scene = Object

// CallError is a call that the broker answered with an error.
type CallError struct {
	Code    string
	Message string
	Trace   string
}

func (e *CallError) Error() string { return e.Code + ": " + e.Message }

type answer struct {
	ID    int64           `json:"id"`
	Value json.RawMessage `json:"value"`
	CallError
}

var session struct {
	init    *Init
	greeted bool
	lastID  int64
	answers map[int64]*answer // nil while it is waited for
	depth   int
	writes  List // of the world, not yet sent
}

// GetInitArgs is the object of __init__; the first call reads it.
func GetInitArgs() Init {
	if session.init == nil {
		all := Object{}
		decode(receive("__init__"), &all)
		init := Init{All: all}
		init.Args, _ = all["args"].(List)
		init.Kwargs, _ = all["kwargs"].(Object)
		init.Dragoman, _ = all["dragoman"].(Object)
		session.init = &init
	}
	return *session.init
}

// ClientReady says READY, and hello before the first.
func ClientReady() {
	hello()
	say("__command__", []byte("READY"))
}

// GetSceneInfo waits for the next scene.
func GetSceneInfo() Scene {
	scene := Scene{}
	decode(receive("__scene_info__"), &scene)
	return scene
}

// SendCommand answers the scene with any value that JSON can hold.
func SendCommand(command any) {
	send("__command__", command, "the command")
}

// ClientReset says that the round is over for this script.
func ClientReset() {
	say("__command__", []byte("RESET"))
}

// Log tells the user something. The level is debug, info, warning or error.
func Log(level, message string) {
	hello()
	if extended() {
		send("__log__", Object{"level": level, "message": message}, "the message")
	} else {
		fmt.Fprintf(os.Stderr, "%s: %s\n", level, message)
	}
}

// Call calls anything that the broker offers. The error is a *CallError.
func Call(method string, params any) (any, error) {
	var value any
	err := callInto(&value, method, params)
	return value, err
}

func callInto(value any, method string, params any) error {
	ours := strings.HasPrefix(method, "world.")
	if !ours || len(session.writes) == 0 {
		return callNow(value, method, params)
	}
	calls := List{List{strings.TrimPrefix(method, "world."), params}}
	if method == "world.batch" {
		calls = Value(params, "calls").(List)
	}
	all := append(takeWrites(), calls...)
	var values []json.RawMessage
	if err := callNow(&values, "world.batch", Object{"calls": all}); err != nil {
		return err
	}
	values = values[len(all)-len(calls):]
	if method == "world.batch" {
		decode(encode(values, "the values"), value)
	} else {
		decode(values[0], value)
	}
	return nil
}

func callNow(value any, method string, params any) error {
	if !extended() {
		return &CallError{Code: "denied", Message: "this broker speaks only the classic level, which has no calls"}
	}
	hello()
	if params == nil {
		params = Object{}
	}
	session.lastID++
	id := session.lastID
	session.answers[id] = nil
	send("__call__", struct {
		ID     int64  `json:"id"`
		Method string `json:"method"`
		Params any    `json:"params"`
	}{id, method, params}, "params")
	for session.answers[id] == nil {
		header, body := nextMessage()
		passOver(header, body)
	}
	got := session.answers[id]
	delete(session.answers, id)
	if got.Code != "" {
		return &got.CallError
	}
	if len(got.Value) > 0 {
		decode(got.Value, value)
	}
	return nil
}

// Waits for the line with this header, and serves calls meanwhile.
func receive(wanted string) []byte {
	for {
		header, body := nextMessage()
		if header == wanted {
			return body
		}
		passOver(header, body)
	}
}

func nextMessage() (string, []byte) {
	for {
		line := conversation.read()
		blank := bytes.IndexByte(line, ' ')
		if blank < 0 || !bytes.HasPrefix(line, []byte("__")) {
			continue
		}
		header := string(line[:blank])
		if header == "__bye__" {
			os.Exit(0)
		}
		return header, line[blank+1:]
	}
}

// Serves a call, keeps an answer for the one who waits for it; the rest is of no interest.
func passOver(header string, body []byte) {
	switch header {
	case "__call__":
		serve(body)
	case "__state__":
		var wish struct{ Ask bool }
		decode(body, &wish)
		if wish.Ask {
			giveState()
		}
	case "__return__", "__error__":
		got := &answer{}
		decode(body, got)
		if _, waiting := session.answers[got.ID]; waiting {
			session.answers[got.ID] = got
		}
	}
}

func extended() bool { return GetInitArgs().Dragoman != nil }

func role() string {
	if role := Text(GetInitArgs().Dragoman, "role"); role != "" {
		return role
	}
	return "player"
}

func hello() {
	if session.greeted || !extended() {
		return
	}
	features := List{"log", "error", "call", "uses"}
	if givesState() {
		features = append(features, "state")
	}
	send("__hello__", Object{"protocol": 1, "client": client, "role": role(), "features": features}, "hello")
	session.greeted = true
}

func send(header string, body any, what string) {
	say(header, encode(body, what))
}

// Files that the script has opened since the last line are named before this one.
func say(header string, body []byte) {
	if session.greeted {
		if files := takeUses(); files != nil {
			conversation.write("__uses__", encode(Object{"files": files}, "the files"))
		}
	}
	conversation.write(header, body)
}

func decode(text []byte, value any) {
	if err := json.Unmarshal(text, value); err != nil {
		panic(fmt.Errorf("what the broker sent cannot be read: %w", err))
	}
}

func init() { session.answers = map[int64]*answer{} }
