// A player without hooks, and with one field that is no plain data: see ../README.md.
package main

import "dragoman"

type MLPlay struct {
	seen  int
	tags  dragoman.List
	unfit func() int
}

func NewMLPlay(dragoman.Init) *MLPlay {
	m := &MLPlay{tags: dragoman.List{"a", dragoman.Object{"b": nil}}}
	m.unfit = func() int { return m.seen }
	return m
}

func (m *MLPlay) Update(dragoman.Scene) any {
	m.seen++
	return m.unfit()
}

func (m *MLPlay) Reset() {}
