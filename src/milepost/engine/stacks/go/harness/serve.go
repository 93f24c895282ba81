package harness

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"reflect"
	"strings"
)

const (
	channelNumber = 3
	maxText       = 8000
	// Called is the environment variable that tells a program to answer calls instead of running.
	Called = "MILEPOST_HARNESS"
)

// message is a call of a check; see docs/adr/0021 for how its arguments are written.
type message struct {
	ID       int    `json:"id"`
	Op       string `json:"op"`
	Name     string `json:"name"`
	Object   *int   `json:"object"`
	Observed bool   `json:"observed"`
	Args     []any  `json:"args"`
}

type server struct {
	channel *os.File
	module  provided
	objects map[int]reflect.Value
}

// ServeIfCalled answers calls until the check closes its channel, and then ends the process. It
// returns at once where the program was started to be run.
//
// `path` is that of the learner's module. `names` are the exported functions, constants and pointers
// to variables of one package in it; `private` lists what begins with a small letter there.
func ServeIfCalled(file, path string, names map[string]any, private []string) {
	if os.Getenv(Called) == "" {
		return
	}
	module := provided{file: file, module: path, names: names, private: map[string]string{}, sentinel: map[string]error{}}
	for _, name := range private {
		module.private[joined(name)] = name
	}
	for name, value := range names {
		if sentinel, ok := value.(*error); ok && *sentinel != nil {
			module.sentinel[name] = *sentinel
		}
	}
	channel := os.NewFile(channelNumber, "channel")
	one := server{channel: channel, module: module, objects: map[int]reflect.Value{}}
	one.send(map[string]any{"imported": true})
	one.serve()
	os.Exit(0)
}

func (one *server) serve() {
	head := make([]byte, 8)
	for {
		if _, err := io.ReadFull(one.channel, head); err != nil {
			return
		}
		body := make([]byte, binary.BigEndian.Uint32(head))
		if _, err := io.ReadFull(one.channel, body); err != nil {
			return
		}
		one.write(one.answer(body))
	}
}

// answer does what a check asks for, and returns the answer as JSON.
func (one *server) answer(body []byte) (answered []byte) {
	var asked message
	reader := json.NewDecoder(bytes.NewReader(body))
	reader.UseNumber()
	if err := reader.Decode(&asked); err != nil {
		return one.failed(0, "error", err.Error(), "")
	}
	defer func() {
		switch reason := recover().(type) {
		case nil:
		case unsendable:
			answered, _ = json.Marshal(map[string]any{"id": asked.ID, "unsendable": string(reason)})
		case error:
			answered = one.failed(asked.ID, "panic", reason.Error(), one.module.traceback())
		default:
			answered = one.failed(asked.ID, "panic", fmt.Sprint(reason), one.module.traceback())
		}
	}()
	members, err := one.perform(asked)
	if err != nil {
		return one.failed(asked.ID, one.module.nameError(err), err.Error(), "", isMissing(err)...)
	}
	if len(members) > maxBytes {
		panic(unsendable("large"))
	}
	return fmt.Appendf(nil, `{"id":%d,%s}`, asked.ID, members)
}

func isMissing(err error) []string {
	if _, ok := err.(notProvided); ok {
		return []string{"yes"}
	}
	return nil
}

// perform returns the members of an answer as JSON.
func (one *server) perform(asked message) (string, error) {
	target, err := one.find(asked)
	if err != nil {
		return "", err
	}
	if asked.Op == "get" {
		return write("value", reflect.Indirect(target)), nil
	}
	given, err := decodeEach(asked.Args)
	if err != nil {
		return "", mismatch(err.Error())
	}
	value, arguments, err := call(target, asked.Name, given)
	if err != nil {
		return "", err
	}
	if asked.Op == "new" {
		one.objects[asked.ID] = addressable(value)
		return fmt.Sprintf(`"object":%d`, asked.ID), nil
	}
	members := write("value", reflect.ValueOf(value))
	if asked.Observed {
		members += "," + write("arguments", reflect.ValueOf(arguments))
	}
	return members, nil
}

func (one *server) find(asked message) (reflect.Value, error) {
	if asked.Object == nil {
		name := asked.Name
		if asked.Op == "new" {
			name = "new_" + name
		}
		return one.module.find(name)
	}
	owner, ok := one.objects[*asked.Object]
	switch {
	case !ok:
		return reflect.Value{}, mismatch("there is no such object")
	case asked.Op == "get":
		return findHeld(owner, asked.Name)
	}
	return findMethod(owner, asked.Name)
}

// addressable returns a pointer to a struct, which has all its methods.
func addressable(value any) reflect.Value {
	held := reflect.ValueOf(value)
	if held.Kind() != reflect.Struct {
		return held
	}
	behind := reflect.New(held.Type())
	behind.Elem().Set(held)
	return behind
}

func write(name string, value reflect.Value) string {
	out := newEncoder()
	if value.IsValid() && value.Type() == reflect.TypeFor[several]() {
		out.text.WriteString(`{"tuple":`)
		out.writeList(value, 0)
		out.text.WriteByte('}')
	} else {
		out.write(value, 0)
	}
	return quote(name) + ":" + out.text.String()
}

func (one *server) failed(id int, kind, words, trace string, missing ...string) []byte {
	told := map[string]string{
		"type":      kind,
		"message":   words[:min(len(words), maxText)],
		"traceback": trace[:min(len(trace), maxText)],
		"missing":   strings.Join(missing, ""),
	}
	answered, _ := json.Marshal(map[string]any{"id": id, "error": told})
	return answered
}

func (one *server) send(body map[string]any) {
	text, _ := json.Marshal(body)
	one.write(text)
}

func (one *server) write(body []byte) {
	frame := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	frame = binary.BigEndian.AppendUint32(frame, 0)
	_, _ = one.channel.Write(append(frame, body...))
}
