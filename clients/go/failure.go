package dragoman

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
)

var scriptFile string

// To be deferred around all that is the script's: says what it panicked with, and ends the process.
func failOnPanic() {
	problem := recover()
	if problem == nil {
		return
	}
	body := describe(problem)
	fmt.Fprintf(os.Stderr, "panic: %v\n\n%s\n", body["message"], body["trace"])
	fail(body)
}

func fail(body Object) {
	hello()
	if extended() {
		send("__error__", body, "the error")
	}
	os.Exit(1)
}

// The body of __error__. Called by the deferred function, above the panicking frames.
func describe(problem any) Object {
	message := fmt.Sprint(problem)
	body := Object{"code": "raised", "message": message, "trace": scriptsPart(string(debug.Stack()))}
	if file, line := place(); line > 0 {
		body["file"], body["line"] = file, line
		if source := sourceLine(file, line); source != "" {
			body["source"] = source
		}
	}
	return body
}

// The stack from the panic on: what is above it is ours.
func scriptsPart(stack string) string {
	if at := strings.LastIndex(stack, "\npanic("); at >= 0 {
		if lines := strings.SplitN(stack[at+1:], "\n", 3); len(lines) == 3 {
			return strings.TrimSpace(lines[2])
		}
	}
	return strings.TrimSpace(stack)
}

// The innermost frame in the script.
func place() (string, int) {
	callers := make([]uintptr, 64)
	frames := runtime.CallersFrames(callers[:runtime.Callers(3, callers)])
	for {
		frame, more := frames.Next()
		if frame.File == scriptFile && frame.Function != "main.main" {
			return frame.File, frame.Line
		}
		if !more {
			return "", 0
		}
	}
}

func sourceLine(file string, line int) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	lines := strings.SplitN(string(text), "\n", line+1)
	if line > len(lines) {
		return ""
	}
	return strings.TrimSpace(lines[line-1])
}
