package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// embedded is what the compiler reads to know which files a go:embed pattern stands for.
type embedded struct {
	Patterns map[string][]string
	Files    map[string]string
}

func (all *tools) writeEmbedded(one *unit) (string, error) {
	found := embedded{map[string][]string{}, map[string]string{}}
	for pattern, at := range one.patterns {
		names, err := listEmbedded(one.folder, pattern)
		if err != nil || len(names) == 0 {
			return "", refused(fmt.Sprintf("%s: pattern %s: no matching files found", place(at), pattern))
		}
		found.Patterns[pattern] = names
		for _, name := range names {
			found.Files[name] = filepath.Join(one.folder, name)
		}
	}
	text, err := json.Marshal(found)
	if err != nil {
		return "", err
	}
	file := filepath.Join(all.scratch, "embedcfg")
	return file, os.WriteFile(file, text, 0o600)
}

// listEmbedded lists the files of a pattern: of a folder all but those that begin with a dot or a
// low line, unless it begins with `all:`.
func listEmbedded(folder, pattern string) ([]string, error) {
	pattern, hidden := strings.CutPrefix(pattern, "all:")
	root := os.DirFS(folder)
	matched, err := fs.Glob(root, pattern)
	var names []string
	for _, match := range matched {
		err := fs.WalkDir(root, match, func(name string, entry fs.DirEntry, err error) error {
			isHidden := strings.HasPrefix(path.Base(name), ".") || strings.HasPrefix(path.Base(name), "_")
			switch {
			case err != nil:
				return err
			case name != match && isHidden && !hidden && entry.IsDir():
				return fs.SkipDir
			case entry.Type().IsRegular() && (name == match || !isHidden || hidden):
				names = append(names, name)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return names, err
}
