package harness

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

const maxShown = 200

// encoder writes the values of one message, which share its limits.
type encoder struct {
	text   strings.Builder
	values int
	open   map[uintptr]bool
}

func newEncoder() *encoder {
	return &encoder{values: maxValues, open: map[uintptr]bool{}}
}

// write adds a value that stands so many levels deep in another. It panics with an unsendable
// where a limit is reached.
func (out *encoder) write(value reflect.Value, level int) {
	out.values--
	if out.values < 0 {
		panic(unsendable("many"))
	}
	if out.text.Len() > maxBytes {
		panic(unsendable("large"))
	}
	if !value.IsValid() {
		out.text.WriteString("null")
		return
	}
	if out.writeKnown(value) {
		return
	}
	switch value.Kind() {
	case reflect.Pointer, reflect.Interface:
		out.writeBehind(value, level)
	case reflect.Slice, reflect.Array:
		out.writeList(value, level)
	case reflect.Map:
		out.writeMap(value, level)
	case reflect.Struct:
		out.writeStruct(value, level)
	default:
		out.writePlain(value)
	}
}

// writeKnown writes types of the standard library that stand for one value.
func (out *encoder) writeKnown(value reflect.Value) bool {
	if !value.CanInterface() || (value.Kind() == reflect.Pointer && value.IsNil()) {
		return false
	}
	switch known := value.Interface().(type) {
	case time.Time:
		out.writeTagged("datetime", "["+quote(known.Format(time.RFC3339Nano))+",null,0]")
	case time.Duration:
		out.writeInstance("Duration", known.String())
	case *big.Int:
		out.writeWhole(known)
	case json.Number:
		out.text.WriteString(quote(known.String()))
	case error:
		out.text.WriteString(`{"instance":[` + quote(typeOf(known)) + `,"","message",`)
		out.text.WriteString(quote(known.Error()) + "]}")
	default:
		return false
	}
	return true
}

func (out *encoder) writePlain(value reflect.Value) {
	switch {
	case value.Kind() == reflect.Bool:
		out.text.WriteString(strconv.FormatBool(value.Bool()))
	case value.Kind() == reflect.String:
		out.writeText(value.String())
	case value.CanInt():
		out.writeWhole(big.NewInt(value.Int()))
	case value.CanUint():
		out.writeWhole(new(big.Int).SetUint64(value.Uint()))
	case value.CanFloat():
		out.writeFloat(value.Float(), value.Type().Bits())
	default:
		out.writeInstance(value.Type().String(), fmt.Sprintf("%v", value))
	}
}

// writeText writes a string; one that is no UTF-8 is only bytes.
func (out *encoder) writeText(text string) {
	if !utf8.ValidString(text) {
		out.writeTagged("bytes", `"`+hex.EncodeToString([]byte(text))+`"`)
		return
	}
	out.text.WriteString(quote(text))
}

func (out *encoder) writeWhole(number *big.Int) {
	if number.IsInt64() && number.Int64() > -exact && number.Int64() < exact {
		out.text.WriteString(number.String())
		return
	}
	if number.BitLen() > 1_000_000 {
		panic(unsendable("digits"))
	}
	out.writeTagged("int", `"`+number.Text(16)+`"`)
}

func (out *encoder) writeFloat(number float64, bits int) {
	switch {
	case math.IsNaN(number):
		out.writeTagged("float", `"nan"`)
	case math.IsInf(number, 0):
		out.writeTagged("float", `"`+strings.TrimPrefix(strings.ToLower(strconv.FormatFloat(number, 'g', -1, 64)), "+")+`"`)
	default:
		text := strconv.FormatFloat(number, 'g', -1, bits)
		if !strings.ContainsAny(text, ".e") {
			text += ".0"
		}
		out.text.WriteString(text)
	}
}

// writeBehind writes what a pointer or an interface leads to.
func (out *encoder) writeBehind(value reflect.Value, level int) {
	if value.IsNil() {
		out.text.WriteString("null")
		return
	}
	if value.Kind() == reflect.Interface {
		out.values++ // not a value of its own
		out.write(value.Elem(), level)
		return
	}
	defer out.enter(value.Pointer(), level)()
	out.write(value.Elem(), level+1)
}

func (out *encoder) writeList(value reflect.Value, level int) {
	if value.Type().Elem().Kind() == reflect.Uint8 && value.Kind() == reflect.Slice {
		out.writeTagged("bytes", `"`+hex.EncodeToString(value.Bytes())+`"`)
		return
	}
	if value.Kind() == reflect.Slice && value.Len() > 0 {
		defer out.enter(value.Pointer(), level)()
	}
	out.text.WriteByte('[')
	for at := range value.Len() {
		out.separate(at)
		out.write(value.Index(at), level+1)
	}
	out.text.WriteByte(']')
}

func (out *encoder) writeMap(value reflect.Value, level int) {
	if !value.IsNil() {
		defer out.enter(value.Pointer(), level)()
	}
	isSet := value.Type().Elem().Kind() == reflect.Struct && value.Type().Elem().NumField() == 0
	tag := map[bool]string{true: "set", false: "dict"}[isSet]
	out.text.WriteString(`{"` + tag + `":[`)
	for at, entries := 0, value.MapRange(); entries.Next(); at++ {
		out.separate(at)
		out.write(entries.Key(), level+1)
		if !isSet {
			out.text.WriteByte(',')
			out.write(entries.Value(), level+1)
		}
	}
	out.text.WriteString("]}")
}

// writeStruct writes the exported fields by their names in JSON; embedded structs stand for theirs.
func (out *encoder) writeStruct(value reflect.Value, level int) {
	if level >= maxLevels {
		panic(unsendable("deep"))
	}
	out.text.WriteString(`{"instance":[` + quote(value.Type().Name()) + `,""`)
	for _, field := range reflect.VisibleFields(value.Type()) {
		if !field.IsExported() || field.Anonymous {
			continue
		}
		held, err := value.FieldByIndexErr(field.Index)
		if err != nil {
			continue // of an embedded pointer that is nil
		}
		out.text.WriteString("," + quote(nameOf(field)) + ",")
		out.write(held, level+1)
	}
	out.text.WriteString("]}")
}

func (out *encoder) writeInstance(name, shown string) {
	out.writeTagged("instance", "["+quote(name)+","+quote(shown[:min(len(shown), maxShown)])+"]")
}

func (out *encoder) writeTagged(tag, body string) {
	out.text.WriteString(`{"` + tag + `":` + body + "}")
}

func (out *encoder) separate(at int) {
	if at > 0 {
		out.text.WriteByte(',')
	}
}

// enter steps into a container, unless it is too deep or stands within itself.
func (out *encoder) enter(address uintptr, level int) (leave func()) {
	if out.open[address] {
		panic(unsendable("endless"))
	}
	if level >= maxLevels {
		panic(unsendable("deep"))
	}
	out.open[address] = true
	return func() { delete(out.open, address) }
}

func quote(text string) string {
	written, _ := json.Marshal(strings.ToValidUTF8(text, "\uFFFD"))
	return string(written)
}
