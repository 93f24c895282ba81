package harness

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"slices"
	"strings"
)

var (
	contextType = reflect.TypeFor[context.Context]()
	errorType   = reflect.TypeFor[error]()
)

// provided is what the learner's package offers: functions, pointers to variables, constants.
type provided struct {
	file     string
	module   string // the path that its packages begin with
	names    map[string]any
	private  map[string]string // what is there but not exported, by its joined name
	sentinel map[string]error
}

// notProvided says that the learner's package does not have what a check asked for.
type notProvided string

func (what notProvided) Error() string { return string(what) }

// mismatch says that a function can't be called with what a check passes.
type mismatch string

func (what mismatch) Error() string { return string(what) }

func (those provided) find(name string) (reflect.Value, error) {
	for known, value := range those.names {
		if joined(known) == joined(name) {
			return reflect.ValueOf(value), nil
		}
	}
	sentence := fmt.Sprintf("%s has no `%s`", those.file, pascal(name))
	if private, ok := those.private[joined(name)]; ok {
		sentence += fmt.Sprintf(" (only `%s`: a name must begin with a capital letter to be exported)", private)
	}
	return reflect.Value{}, notProvided(sentence)
}

func findMethod(owner reflect.Value, name string) (reflect.Value, error) {
	for at := range owner.NumMethod() {
		if joined(owner.Type().Method(at).Name) == joined(name) {
			return owner.Method(at), nil
		}
	}
	return reflect.Value{}, notProvided(fmt.Sprintf("%s has no method `%s`", plainName(owner.Type()), pascal(name)))
}

func findHeld(owner reflect.Value, name string) (reflect.Value, error) {
	inner := reflect.Indirect(owner)
	if inner.Kind() == reflect.Struct {
		if field, ok := findField(inner, name); ok {
			return field, nil
		}
	}
	return reflect.Value{}, notProvided(fmt.Sprintf("%s has no field `%s`", plainName(owner.Type()), pascal(name)))
}

// call calls a function with what a check passes, and returns what it returns and its arguments as
// they are then. An error that comes last is returned as one.
func call(function reflect.Value, name string, given []any) (any, []any, error) {
	function = reflect.Indirect(function) // a variable may hold one
	if function.Kind() != reflect.Func {
		return nil, nil, mismatch(fmt.Sprintf("`%s` is no function", pascal(name)))
	}
	arguments, err := convertAll(function.Type(), name, given)
	if err != nil {
		return nil, nil, err
	}
	results := function.Call(arguments)
	if last := len(results) - 1; last >= 0 && results[last].Type() == errorType {
		if failed, ok := results[last].Interface().(error); ok {
			return nil, nil, failed
		}
		results = results[:last]
	}
	return together(results), interfaces(arguments), nil
}

// convertAll makes the arguments of a call. A context that comes first is ours to give.
func convertAll(kind reflect.Type, name string, given []any) ([]reflect.Value, error) {
	made := make([]reflect.Value, 0, kind.NumIn())
	if kind.NumIn() > 0 && kind.In(0) == contextType {
		made = append(made, reflect.ValueOf(context.Background()))
	}
	own := len(made)
	wanted := kind.NumIn() - own
	fits := len(given) == wanted || (kind.IsVariadic() && len(given) >= wanted-1)
	if !fits {
		return nil, mismatch(fmt.Sprintf("`%s` takes %d arguments, and the brief calls it with %d", pascal(name), wanted, len(given)))
	}
	for at, value := range given {
		argument, err := convert(value, parameter(kind, own+at))
		if err != nil {
			return nil, mismatch(fmt.Sprintf("argument %d of `%s`: %v", at+1, pascal(name), err))
		}
		made = append(made, argument)
	}
	return made, nil
}

func parameter(kind reflect.Type, at int) reflect.Type {
	if kind.IsVariadic() && at >= kind.NumIn()-1 {
		return kind.In(kind.NumIn() - 1).Elem()
	}
	return kind.In(at)
}

// several is what a function returns that returns more than one value.
type several []any

func together(results []reflect.Value) any {
	switch len(results) {
	case 0:
		return nil
	case 1:
		return results[0].Interface()
	}
	return several(interfaces(results))
}

func interfaces(values []reflect.Value) []any {
	made := make([]any, 0, len(values))
	for _, value := range values {
		if value.Type() != contextType {
			made = append(made, value.Interface())
		}
	}
	return made
}

// typeOf names an error by its type, or by the exported variable that it is.
func typeOf(err error) string {
	name := plainName(reflect.TypeOf(err))
	if name == "errorString" || name == "wrapError" || name == "joinError" || name == "" {
		return "error"
	}
	return name
}

func (those provided) nameError(err error) string {
	if _, ok := err.(mismatch); ok {
		return "type mismatch"
	}
	for name, sentinel := range those.sentinel {
		if errors.Is(err, sentinel) {
			return name
		}
	}
	return typeOf(err)
}

func plainName(kind reflect.Type) string {
	for kind.Kind() == reflect.Pointer {
		kind = kind.Elem()
	}
	return kind.Name()
}

// traceback lists the calls of learner code that led to a panic, as Go prints them.
func (those provided) traceback() string {
	counters := make([]uintptr, 64)
	frames := runtime.CallersFrames(counters[:runtime.Callers(3, counters)])
	var text strings.Builder
	for more := true; more; {
		var frame runtime.Frame
		frame, more = frames.Next()
		if those.isLearners(frame.Function) && !strings.HasPrefix(frame.File, "milepost/") {
			fmt.Fprintf(&text, "%s(...)\n\t%s:%d\n", frame.Function, frame.File, frame.Line)
		}
	}
	return text.String()
}

// isLearners tells whether a function belongs to the learner's module.
func (those provided) isLearners(function string) bool {
	return slices.ContainsFunc([]string{"main.", those.module + ".", those.module + "/"}, func(start string) bool {
		return strings.HasPrefix(function, start)
	})
}
