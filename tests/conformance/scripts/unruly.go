// Does what the scene's key `do` says: see tests/conformance/README.md.
package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"time"
	"unsafe"

	"dragoman"
)

type MLPlay struct {
	init    dragoman.Init
	onReset string
}

func NewMLPlay(init dragoman.Init) *MLPlay {
	switch dragoman.Text(init.Dragoman, "params", "init") {
	case "raise":
		panic("raised in the constructor")
	case "hang":
		hang()
	case "exit":
		os.Exit(7)
	case "print":
		fmt.Println("constructed")
	}
	return &MLPlay{init: init}
}

func (m *MLPlay) Update(scene dragoman.Scene) any {
	if vice := dragoman.Text(scene, "on_reset"); vice != "" {
		m.onReset = vice
	}
	value := scene["value"]
	switch text := dragoman.Text(scene, "text"); dragoman.Text(scene, "do") {
	case "print":
		fmt.Println(text)
	case "stderr":
		fmt.Fprintln(os.Stderr, text)
	case "flood":
		flood(dragoman.Text(scene, "stream"), dragoman.Int(scene, "bytes"))
	case "raise":
		panic(errors.New(text))
	case "exit":
		os.Exit(dragoman.Int(scene, "code"))
	case "segfault":
		die(syscall.SIGSEGV)
	case "abort":
		die(syscall.SIGABRT)
	case "hang":
		hang()
	case "busy":
		for i := 0; ; i++ {
		}
	case "sleep":
		time.Sleep(time.Duration(dragoman.Number(scene, "seconds") * float64(time.Second)))
	case "drip":
		for {
			fmt.Println("drip")
			time.Sleep(20 * time.Millisecond)
		}
	case "log":
		dragoman.Log(dragoman.Text(scene, "level"), text)
	case "call":
		got, err := dragoman.Call(dragoman.Text(scene, "method"), scene["params"])
		var failure *dragoman.CallError
		if errors.As(err, &failure) {
			return dragoman.Object{"error": failure.Code}
		}
		return got
	case "twice":
		dragoman.SendCommand(value)
	case "init":
		return m.init
	case "scene":
		return scene
	}
	return value
}

func (m *MLPlay) Reset() {
	switch m.onReset {
	case "raise":
		panic("raised in reset")
	case "exit":
		os.Exit(7)
	case "hang":
		hang()
	}
	m.onReset = ""
}

func hang() {
	for {
		time.Sleep(time.Hour)
	}
}

// The Go run time turns a signal that is sent into an exit code: the default action has to be asked for.
func die(signal syscall.Signal) {
	var defaultAction [4]uint64
	syscall.Syscall6(syscall.SYS_RT_SIGACTION, uintptr(signal), uintptr(unsafe.Pointer(&defaultAction)), 0, 8, 0, 0)
	syscall.Kill(os.Getpid(), signal)
	hang()
}

func flood(stream string, bytes int) {
	text := strings.Repeat(strings.Repeat("x", 79)+"\n", bytes/80+1)[:bytes]
	if stream == "stderr" {
		os.Stderr.WriteString(text)
	} else {
		os.Stdout.WriteString(text)
	}
}

func Add(a, b float64) float64 {
	return a + b
}

func Again(method string, params any) (any, error) {
	return dragoman.Call(method, params)
}
