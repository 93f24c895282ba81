package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const addedFile = "zz_functions.go"

// offered is what a package declares at its top that a check may ask for.
type offered struct {
	functions []string
	variables []string
	constants []string
	private   []string
}

// compileOffering compiles a package, where it is asked for with a file by which its exported names
// can be called. That file comes last, so that everything else has been set up when it runs.
func (all *tools) compileOffering(one *unit, file string, offers bool) error {
	names, err := one.listOffered()
	if !offers || err != nil {
		return all.compile(one) // of a file that can't be parsed the compiler says why
	}
	added := filepath.Join(all.scratch, addedFile)
	one.files = append(one.files, added)
	if err := os.WriteFile(added, []byte(names.write(one, file)), 0o600); err != nil {
		return err
	}
	err = all.compile(one)
	if err == nil || !strings.Contains(err.Error(), addedFile) {
		return err
	}
	names.constants = nil // one of them may be larger than any type
	if err := os.WriteFile(added, []byte(names.write(one, file)), 0o600); err != nil {
		return err
	}
	return all.compile(one)
}

func (one *unit) listOffered() (offered, error) {
	var names offered
	for _, source := range one.files {
		tree, err := parser.ParseFile(token.NewFileSet(), source, nil, parser.SkipObjectResolution)
		if err != nil {
			return names, err
		}
		names.add(tree)
	}
	return names, nil
}

func (names *offered) add(tree *ast.File) {
	for _, declared := range tree.Decls {
		switch declared := declared.(type) {
		case *ast.FuncDecl:
			if declared.Recv == nil && declared.Type.TypeParams == nil {
				names.sort(declared.Name.Name, &names.functions)
			}
		case *ast.GenDecl:
			names.addValues(declared)
		}
	}
}

func (names *offered) addValues(declared *ast.GenDecl) {
	list := &names.variables
	if declared.Tok == token.CONST {
		list = &names.constants
	}
	for _, spec := range declared.Specs {
		if values, ok := spec.(*ast.ValueSpec); ok {
			for _, name := range values.Names {
				names.sort(name.Name, list)
			}
		}
	}
}

// sort puts a name into its list if it is exported.
func (names *offered) sort(name string, exported *[]string) {
	switch {
	case ast.IsExported(name):
		*exported = append(*exported, name)
	case name != "_" && name != "main" && name != "init":
		names.private = append(names.private, name)
	}
}

func (names *offered) write(by *unit, file string) string {
	var text strings.Builder
	fmt.Fprintf(&text, "package %s\n\nimport milepostHarness %q\n\nfunc init() {\n", by.name, harnessPath)
	fmt.Fprintf(&text, "milepostHarness.ServeIfCalled(%q, %q, map[string]any{\n", file, by.module)
	for _, each := range slices.Concat(names.functions, names.constants) {
		fmt.Fprintf(&text, "%q: %s,\n", each, each)
	}
	for _, each := range names.variables {
		fmt.Fprintf(&text, "%q: &%s,\n", each, each)
	}
	fmt.Fprintf(&text, "}, %#v)\n}\n", names.private)
	return text.String()
}
