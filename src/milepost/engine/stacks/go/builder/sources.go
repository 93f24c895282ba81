package main

import (
	"errors"
	"fmt"
	"go/build"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

var modulePath = regexp.MustCompile(`(?m)^module\s+"?([^\s"]+)`)

// module is what a learner has handed in.
type module struct {
	path string
}

// unit is one package of it.
type unit struct {
	module   string
	path     string // by which others import it
	folder   string
	name     string
	files    []string // relative to the current folder
	imports  map[string][]token.Position
	patterns map[string][]token.Position // of go:embed
	archive  string
}

// readModule reads go.mod; without one, the module is called `lab`.
func readModule(folder string) (module, error) {
	text, err := os.ReadFile(filepath.Join(folder, "go.mod"))
	if errors.Is(err, os.ErrNotExist) {
		return module{"lab"}, nil
	}
	if err != nil {
		return module{}, err
	}
	found := modulePath.FindSubmatch(text)
	if found == nil {
		return module{}, refused("go.mod: there is no line `module NAME`")
	}
	return module{string(found[1])}, nil
}

// order lists the packages that a program needs, each after those that it imports; the package in
// `folder` comes last.
func (whole module) order(folder string, known map[string]string) ([]*unit, error) {
	var sorted []*unit
	state := map[string]bool{} // true: listed; false: its imports are being listed
	var visit func(folder string, from []string) error
	visit = func(folder string, from []string) error {
		one, err := whole.read(folder)
		if err != nil {
			return err
		}
		if listed, seen := state[one.path]; seen {
			if listed {
				return nil
			}
			return refused("import cycle not allowed: " + strings.Join(append(from, one.path), " imports "))
		}
		state[one.path] = false
		for _, wanted := range slices.Sorted(keys(one.imports)) {
			inner, isOwn := whole.folderOf(wanted)
			if !isOwn {
				if err := requireKnown(wanted, one, known); err != nil {
					return err
				}
				continue
			}
			if err := visit(inner, append(from, one.path)); err != nil {
				return err
			}
		}
		state[one.path] = true
		sorted = append(sorted, one)
		return nil
	}
	return sorted, visit(folder, nil)
}

func keys[V any](of map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for key := range of {
			if !yield(key) {
				return
			}
		}
	}
}

func (whole module) folderOf(imported string) (string, bool) {
	if imported == whole.path {
		return ".", true
	}
	inner, ok := strings.CutPrefix(imported, whole.path+"/")
	return inner, ok
}

// read finds the files of one package, as `go build` chooses them.
func (whole module) read(folder string) (*unit, error) {
	context := build.Default
	context.CgoEnabled = false
	found, err := context.ImportDir(folder, 0)
	var nothing *build.NoGoError
	switch {
	case errors.As(err, &nothing) && len(nothing.Dir) > 0 && len(found.IgnoredGoFiles) > 0:
		return nil, refused(fmt.Sprintf("%s: build constraints exclude all Go files (cgo is not available)", folder))
	case errors.As(err, &nothing):
		return nil, refused(fmt.Sprintf("%s: there are no Go files", folder))
	case err != nil && len(found.InvalidGoFiles) == 0:
		return nil, refused(err.Error())
	case len(found.SFiles) > 0:
		return nil, refused(found.SFiles[0] + ": assembly is not supported here")
	}
	one := &unit{
		module:   whole.path,
		path:     path.Join(whole.path, filepath.ToSlash(folder)),
		folder:   filepath.Clean(folder),
		name:     found.Name,
		imports:  found.ImportPos,
		patterns: found.EmbedPatternPos,
	}
	for _, name := range append(found.GoFiles, found.InvalidGoFiles...) {
		if file := filepath.Join(folder, name); !slices.Contains(one.files, file) {
			one.files = append(one.files, file)
		}
	}
	return one, nil
}

// requireKnown refuses to import what is neither the learner's nor there.
func requireKnown(imported string, by *unit, known map[string]string) error {
	_, ok := known[imported]
	if (ok && !isPlatforms(imported)) || imported == "unsafe" {
		if !isInternal(imported) {
			return nil
		}
		return refused(fmt.Sprintf("%s: use of internal package %s not allowed", place(by.imports[imported]), imported))
	}
	return refused(fmt.Sprintf(
		"%s: there is no package %q here: only the standard library, your own packages and what the brief names",
		place(by.imports[imported]), imported,
	))
}

// isPlatforms tells packages of the platform, which are there for its own files, from all others.
func isPlatforms(imported string) bool {
	return imported == "milepost" || strings.HasPrefix(imported, "milepost/")
}

func isInternal(imported string) bool {
	return slices.ContainsFunc(strings.Split(imported, "/"), func(part string) bool {
		return part == "internal" || part == "vendor"
	})
}

func place(at []token.Position) string {
	if len(at) == 0 {
		return "?"
	}
	return fmt.Sprintf("%s:%d:%d", filepath.Clean(at[0].Filename), at[0].Line, at[0].Column)
}
