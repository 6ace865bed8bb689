package dragoman

import (
	"os"
	"path/filepath"
	"sync"
)

const mostFiles = 4096

// Files that the script has opened as data, and those of them that the broker has not been told yet.
var uses struct {
	sync.Mutex
	known map[string]bool
	fresh List
}

// OpenData opens a data file for reading; a change of it reloads the script. Its name counts from the script's folder.
func OpenData(name string) (*os.File, error) {
	if !filepath.IsAbs(name) {
		name = filepath.Join(filepath.Dir(scriptPath()), name)
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	uses.Lock()
	defer uses.Unlock()
	if !uses.known[name] && len(uses.known) < mostFiles {
		if uses.known == nil {
			uses.known = map[string]bool{}
		}
		uses.known[name] = true
		uses.fresh = append(uses.fresh, name)
	}
	return file, nil
}

func scriptPath() string {
	if path := Text(GetInitArgs().Dragoman, "script"); path != "" {
		return path
	}
	return scriptFile
}

func takeUses() List {
	uses.Lock()
	defer uses.Unlock()
	files := uses.fresh
	uses.fresh = nil
	return files
}
