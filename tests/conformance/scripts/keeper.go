// A player that keeps what it has seen: see ../README.md.
package main

import (
	"math"
	"strings"

	"dragoman"
)

type MLPlay struct {
	seen int
	give string
}

func (m *MLPlay) Update(scene dragoman.Scene) any {
	if method := dragoman.Text(scene, "call"); method != "" {
		dragoman.Call(method, nil)
	}
	if give := dragoman.Text(scene, "give"); give != "" {
		m.give = give
	}
	m.seen++
	return m.seen
}

func (m *MLPlay) Reset() { m.seen = 0 }

func (m *MLPlay) PreserveState() any {
	switch m.give {
	case "raise":
		panic("raised in giving")
	case "long":
		return dragoman.Object{"text": strings.Repeat("x", 17<<20)}
	case "nonsense":
		return dragoman.Object{"seen": math.NaN()}
	}
	return dragoman.Object{"seen": m.seen}
}

func (m *MLPlay) RestoreState(state any) {
	if text := dragoman.Text(state, "raise"); text != "" {
		panic(text)
	}
	m.seen = dragoman.Int(state, "seen")
}
