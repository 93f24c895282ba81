package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Code that calls functions for a check is the platform's, and no learner imports it.
const harnessPath = "milepost/harness"

// tools are the compiler and the linker, and the packages that were compiled before.
type tools struct {
	root    string
	scratch string
	known   map[string]string // archives by import path
	config  strings.Builder   // the same, as the tools read it
}

func openTools(root, scratch string) (*tools, error) {
	file, err := os.Open(filepath.Join(root, "importcfg"))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	all := &tools{root: root, scratch: scratch, known: map[string]string{}}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		imported, archive, ok := strings.Cut(strings.TrimPrefix(lines.Text(), "packagefile "), "=")
		if ok {
			all.know(imported, filepath.Join(root, archive))
		}
	}
	return all, nil
}

func (all *tools) know(imported, archive string) {
	all.known[imported] = archive
	fmt.Fprintf(&all.config, "packagefile %s=%s\n", imported, archive)
}

// compile compiles a package whose imports are compiled already.
func (all *tools) compile(one *unit) error {
	one.archive = filepath.Join(all.scratch, strings.ReplaceAll(one.path, "/", "_")+".a")
	config, err := all.writeConfig()
	if err != nil {
		return err
	}
	imported := one.path
	if one.name == "main" {
		imported = "main"
	}
	folder, err := os.Getwd()
	if err != nil {
		return err
	}
	arguments := []string{
		"-p", imported, "-complete", "-pack", "-nolocalimports", "-dwarf=false", "-c=1",
		"-trimpath", folder + ";" + all.scratch + "=>milepost",
		"-importcfg", config, "-o", one.archive,
	}
	if len(one.patterns) > 0 {
		embedded, err := all.writeEmbedded(one)
		if err != nil {
			return err
		}
		arguments = append(arguments, "-embedcfg", embedded)
	}
	if err := all.run("compile", append(arguments, one.files...)); err != nil {
		return err
	}
	all.know(one.path, one.archive)
	return nil
}

// compileMain makes a program around a package that is none, so that its functions can be called.
func (all *tools) compileMain(around *unit) (*unit, error) {
	file := filepath.Join(all.scratch, "main.go")
	text := fmt.Sprintf("package main\n\nimport _ %q\n\nfunc main() {}\n", around.path)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return nil, err
	}
	one := &unit{path: "milepost/main", name: "main", files: []string{file}}
	return one, all.compile(one)
}

// link makes the program.
func (all *tools) link(main *unit, program string) error {
	config, err := all.writeConfig()
	if err != nil {
		return err
	}
	return all.run("link", []string{
		"-importcfg", config, "-s", "-w", "-buildmode=exe", "-o", program, main.archive,
	})
}

func (all *tools) writeConfig() (string, error) {
	file := filepath.Join(all.scratch, "importcfg")
	return file, os.WriteFile(file, []byte(all.config.String()), 0o600)
}

// run runs a tool; what it says of learner code comes back as refused.
func (all *tools) run(name string, arguments []string) error {
	var said bytes.Buffer
	command := exec.Command(filepath.Join(all.root, "tool", name), arguments...)
	command.Stdout, command.Stderr = &said, &said
	err := command.Run()
	var ended *exec.ExitError
	if errors.As(err, &ended) && ended.ExitCode() > 0 && said.Len() > 0 {
		return refused(strings.TrimSpace(said.String()))
	}
	if err != nil {
		return fmt.Errorf("%s: %w %s", name, err, said.String())
	}
	return nil
}
