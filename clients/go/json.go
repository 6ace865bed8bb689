package dragoman

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

const deepest = 256

// Object is a JSON object as encoding/json reads it: its numbers are float64, its lists []any.
type Object = map[string]any

// List is a JSON list.
type List = []any

// Value looks into a JSON value: Value(scene, "ball", 0). Nil where there is no such thing.
func Value(value any, path ...any) any {
	for _, step := range path {
		switch key := step.(type) {
		case string:
			object, _ := value.(Object)
			value = object[key]
		case int:
			list, _ := value.(List)
			if key < 0 || key >= len(list) {
				return nil
			}
			value = list[key]
		default:
			return nil
		}
	}
	return value
}

// Number is the number at the path, or 0.
func Number(value any, path ...any) float64 {
	switch number := Value(value, path...).(type) {
	case float64:
		return number
	case int:
		return float64(number)
	}
	return 0
}

// Int is the whole number at the path, or 0.
func Int(value any, path ...any) int {
	return int(Number(value, path...))
}

// Text is the text at the path, or "".
func Text(value any, path ...any) string {
	text, _ := Value(value, path...).(string)
	return text
}

// The value in the form of Python's json.dumps, which is the form on the wire.
func encode(value any, what string) []byte {
	var compact bytes.Buffer
	encoder := json.NewEncoder(&compact)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(fmt.Errorf("%s cannot be written as JSON: %w", what, err))
	}
	line := spaced(bytes.TrimSuffix(compact.Bytes(), []byte("\n")))
	if line == nil {
		panic(fmt.Errorf("%s cannot be written as JSON: nested deeper than %d", what, deepest))
	}
	return line
}

// Nil where it is nested too deeply.
func spaced(compact []byte) []byte {
	line := make([]byte, 0, len(compact)+len(compact)/4)
	inText := false
	depth := 0
	for at := 0; at < len(compact); at++ {
		c := compact[at]
		switch {
		case c >= utf8.RuneSelf:
			symbol, size := utf8.DecodeRune(compact[at:])
			at += size - 1
			if high, low := utf16.EncodeRune(symbol); high != utf8.RuneError {
				line = append(line, fmt.Sprintf("\\u%04x\\u%04x", high, low)...)
			} else {
				line = append(line, fmt.Sprintf("\\u%04x", symbol)...)
			}
			continue
		case inText && c == '\\':
			line = append(line, c)
			at++
			c = compact[at]
		case c == '"':
			inText = !inText
		case !inText && (c == ',' || c == ':'):
			line = append(line, c)
			c = ' '
		case !inText && (c == '[' || c == '{'):
			if depth++; depth > deepest {
				return nil
			}
		case !inText && (c == ']' || c == '}'):
			depth--
		}
		line = append(line, c)
	}
	return line
}
