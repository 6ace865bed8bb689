// Reads a data file through the client: see ../README.md.
package main

import (
	"bufio"
	"strings"

	"dragoman"
)

type MLPlay struct{}

func (*MLPlay) Update(scene dragoman.Scene) any {
	file, err := dragoman.OpenData(dragoman.Text(scene, "path"))
	if err != nil {
		panic(err)
	}
	defer file.Close()
	line, _ := bufio.NewReader(file).ReadString('\n')
	return strings.TrimSuffix(line, "\n")
}

func (*MLPlay) Reset() {}
