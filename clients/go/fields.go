package dragoman

import (
	"encoding"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"unsafe"
)

const deepestField = 250

// Whether the object without hooks keeps its fields: where the run says so, and a game those that a new one has not set.
func keepsFields() bool {
	if can[StateGiver]() || can[StateTaker]() {
		return false
	}
	kind := memory.kind
	if memory.object != nil {
		kind = reflect.TypeOf(memory.object)
	}
	isStruct := kind != nil && kind.Kind() == reflect.Pointer && kind.Elem().Kind() == reflect.Struct
	return isStruct && (keepsAttributes() || role() == "game")
}

func keepsAttributes() bool {
	told, _ := GetInitArgs().Dragoman["keep_attributes"].(bool)
	return told
}

// All fields, exported or not: a script is one package, whose fields rarely begin with a capital.
func eachField(visit func(name string, field reflect.Value)) {
	object := reflect.ValueOf(memory.object).Elem()
	for i := 0; i < object.NumField(); i++ {
		about := object.Type().Field(i)
		if about.Type == reflect.TypeOf(Game{}) || about.Name == "_" {
			continue
		}
		visit(about.Name, reflect.NewAt(about.Type, unsafe.Pointer(object.Field(i).UnsafeAddr())).Elem())
	}
}

func giveFields() (kept Object, passedOver []string) {
	kept = Object{}
	eachField(func(name string, field reflect.Value) {
		if isPlain(field, 0) {
			kept[name] = field.Interface()
		} else {
			passedOver = append(passedOver, name)
		}
	})
	return
}

// A value that does not fit its field, whose type is another one now, is left out.
func takeFields(state []byte) {
	given := map[string]json.RawMessage{}
	if json.Unmarshal(state, &given) != nil {
		return
	}
	eachField(func(name string, field reflect.Value) {
		text, there := given[name]
		if !there || !(keepsAttributes() || field.IsZero()) {
			return
		}
		value := reflect.New(field.Type())
		if err := json.Unmarshal(text, value.Interface()); err != nil {
			Log("debug", fmt.Sprintf("%s is not what the version before this one knew: %v", name, err))
		} else if isPlain(value.Elem(), 0) {
			field.Set(value.Elem())
		}
	})
}

// Whether encoding/json gives back exactly this.
func isPlain(value reflect.Value, depth int) bool {
	if depth > deepestField || !value.IsValid() {
		return value.Kind() == reflect.Invalid && depth <= deepestField
	}
	switch value.Interface().(type) {
	case json.Marshaler, encoding.TextMarshaler, json.Number:
		return false
	}
	switch value.Kind() {
	case reflect.Bool, reflect.String, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return true
	case reflect.Float32, reflect.Float64:
		return !math.IsNaN(value.Float()) && !math.IsInf(value.Float(), 0)
	case reflect.Slice, reflect.Array:
		for i := 0; i < value.Len(); i++ {
			if !isPlain(value.Index(i), depth+1) {
				return false
			}
		}
		return true
	case reflect.Map:
		for each := value.MapRange(); each.Next(); {
			if !isPlain(each.Value(), depth+1) {
				return false
			}
		}
		return value.Type().Key().Kind() == reflect.String
	case reflect.Struct:
		for i := 0; i < value.NumField(); i++ {
			about := value.Type().Field(i)
			if !about.IsExported() || about.Tag.Get("json") != "" || !isPlain(value.Field(i), depth+1) {
				return false
			}
		}
		return true
	case reflect.Interface:
		switch value.Interface().(type) {
		case nil:
			return true
		case bool, float64, string, List, Object:
			return value.NumMethod() == 0 && isPlain(value.Elem(), depth+1)
		}
	}
	return false
}
