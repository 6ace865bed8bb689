package dragoman

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// Verb is one of the script's exported functions, as compile_script found it.
type Verb struct {
	Name     string
	Function any
	Params   []string
}

var verbs = map[string]Verb{}

func serve(body []byte) {
	var call struct {
		ID     int64           `json:"id"`
		Method string          `json:"method"`
		Params json.RawMessage `json:"params"`
	}
	decode(body, &call)
	verb, known := verbs[exported(call.Method)]
	if !known {
		refuse(call.ID, "unknown_method", fmt.Sprintf("there is no exported function for %q here", call.Method))
		return
	}
	if session.depth >= deepestCall {
		refuse(call.ID, "depth", fmt.Sprintf("more than %d calls inside each other", deepestCall))
		return
	}
	session.depth++
	defer func() {
		session.depth--
		if problem := recover(); problem != nil {
			body := describe(problem)
			body["id"] = call.ID
			send("__error__", body, "the error")
		}
	}()
	send("__return__", Object{"id": call.ID, "value": verb.call(call.Params)}, "the value of "+call.Method)
}

func refuse(id int64, code, message string) {
	send("__error__", Object{"id": id, "code": code, "message": message, "trace": ""}, "the error")
}

// make_wall and MakeWall are the same verb: Go exports only what begins with a capital.
func exported(name string) string {
	words := strings.Split(name, "_")
	for i, word := range words {
		if word != "" {
			words[i] = strings.ToUpper(word[:1]) + word[1:]
		}
	}
	return strings.Join(words, "")
}

func (v Verb) call(params json.RawMessage) any {
	function := reflect.ValueOf(v.Function)
	given := v.positional(params)
	count := function.Type().NumIn()
	if len(given) != count && !function.Type().IsVariadic() {
		panic(fmt.Errorf("%s takes %d parameters, not %d", v.Name, count, len(given)))
	}
	var arguments []reflect.Value
	for i, text := range given {
		kind := function.Type().In(min(i, count-1))
		if function.Type().IsVariadic() && i >= count-1 {
			kind = kind.Elem()
		}
		argument := reflect.New(kind)
		if err := json.Unmarshal(text, argument.Interface()); err != nil {
			panic(fmt.Errorf("%s: parameter %d: %w", v.Name, i+1, err))
		}
		arguments = append(arguments, argument.Elem())
	}
	var value any
	for _, result := range function.Call(arguments) {
		if err, failed := result.Interface().(error); failed {
			panic(err)
		}
		if value == nil {
			value = result.Interface()
		}
	}
	return value
}

func (v Verb) positional(params json.RawMessage) []json.RawMessage {
	var list []json.RawMessage
	if json.Unmarshal(params, &list) == nil {
		return list
	}
	var named map[string]json.RawMessage
	decode(params, &named)
	for _, name := range v.Params {
		text, given := named[name]
		if !given {
			text = json.RawMessage("null")
		}
		list = append(list, text)
		delete(named, name)
	}
	for name := range named {
		panic(fmt.Errorf("%s has no parameter %q", v.Name, name))
	}
	return list
}

func min(a, b int) int {
	if a < b {
		return a
	}
	return b
}
