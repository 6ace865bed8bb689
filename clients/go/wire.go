// Package dragoman is what a script in Go can say to the broker: see docs/writing-a-client.md.
package dragoman

import (
	"bufio"
	"os"
	"strconv"
	"sync"
	"syscall"
)

// Lines over the conversation's descriptors.
type wire struct {
	input   *bufio.Reader
	output  *os.File
	writing sync.Mutex
}

var conversation = moveConversation()

// Runs before anything of the script: from here on no print can get into the conversation.
func moveConversation() *wire {
	input, output := 0, 1
	if text, ok := os.LookupEnv("DRAGOMAN_OUTPUT"); ok {
		plain, _ := strconv.Atoi(text)
		input, output = duplicate(0), duplicate(1)
		if nothing, err := syscall.Open("/dev/null", syscall.O_RDONLY|syscall.O_CLOEXEC, 0); err == nil {
			syscall.Dup3(nothing, 0, 0)
			syscall.Close(nothing)
		}
		if plain != 1 {
			syscall.Dup3(plain, 1, 0)
			syscall.Close(plain)
		}
		os.Unsetenv("DRAGOMAN_OUTPUT")
	}
	reader := bufio.NewReaderSize(os.NewFile(uintptr(input), "broker"), 1<<16)
	return &wire{input: reader, output: os.NewFile(uintptr(output), "broker")}
}

func duplicate(descriptor int) int {
	copied, _, problem := syscall.Syscall(syscall.SYS_FCNTL, uintptr(descriptor), syscall.F_DUPFD_CLOEXEC, 3)
	if problem != 0 {
		return descriptor
	}
	return int(copied)
}

// The next line with its end. When the broker has closed its side, the script ends.
func (w *wire) read() []byte {
	line, err := w.input.ReadBytes('\n')
	if err != nil {
		os.Exit(0)
	}
	return line
}

func (w *wire) write(header string, body []byte) {
	line := make([]byte, 0, len(header)+len(body)+2)
	line = append(append(append(append(line, header...), ' '), body...), '\n')
	w.writing.Lock()
	defer w.writing.Unlock()
	if _, err := w.output.Write(line); err != nil {
		os.Exit(0) // the broker is gone
	}
}
