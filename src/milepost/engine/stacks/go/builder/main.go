// Command builder compiles a learner's Go files into one program, with no network and no cache.
//
// It does what `go build` does with the same compiler and linker, and leaves out what takes a
// second of processor time there: looking for modules and for what has changed. Packages of the
// standard library and of the stack come compiled. It prints what the compiler says of learner
// code and ends with 1; 2 means that something else went wrong.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// refused is what learner code is refused for, as the compiler would print it.
type refused string

func (why refused) Error() string { return string(why) }

func main() {
	root := flag.String("root", "/opt/go", "where compiler, linker and compiled packages are")
	out := flag.String("o", "", "the file that the program is written to")
	functions := flag.String("functions", "", "the file whose functions are called, if any")
	version := flag.Bool("version", false, "print the version of Go, and end")
	flag.Parse()
	if *version {
		fmt.Println(runtime.Version())
		return
	}
	err := compileAll(*root, *out, *functions)
	var learners refused
	switch {
	case err == nil:
	case errors.As(err, &learners):
		fmt.Println(learners)
		os.Exit(1)
	default:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

// compileAll compiles the module in the current folder into a program.
func compileAll(root, out, functions string) error {
	scratch, err := os.MkdirTemp("", "build-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	sources, err := readModule(".")
	if err != nil {
		return err
	}
	tools, err := openTools(root, scratch)
	if err != nil {
		return err
	}
	order, err := sources.order(filepath.ToSlash(filepath.Dir(functions)), tools.known)
	if err != nil {
		return err
	}
	for _, one := range order {
		offers := functions != "" && one.folder == filepath.Dir(functions)
		if err := tools.compileOffering(one, functions, offers); err != nil {
			return err
		}
	}
	program := order[len(order)-1]
	if program.name != "main" && functions == "" {
		return refused(fmt.Sprintf("%s: package %s is not a main package", program.files[0], program.name))
	}
	if program.name != "main" {
		program, err = tools.compileMain(program)
		if err != nil {
			return err
		}
	}
	if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
		return err
	}
	return tools.link(program, out)
}
