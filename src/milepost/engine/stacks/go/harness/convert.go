package harness

import (
	"encoding/json"
	"fmt"
	"math/big"
	"reflect"
	"strings"
	"time"
)

var (
	timeType   = reflect.TypeFor[time.Time]()
	bigIntType = reflect.TypeFor[big.Int]()
	bytesType  = reflect.TypeFor[[]byte]()
)

// convert makes a value of a parameter's type of what a check has sent.
func convert(value any, to reflect.Type) (reflect.Value, error) {
	made := reflect.New(to).Elem()
	return made, fill(made, value)
}

// fill sets a variable to what a check has sent, or returns why it can't hold that.
func fill(target reflect.Value, value any) error {
	switch {
	case target.Kind() == reflect.Pointer:
		return fillPointer(target, value)
	case target.Kind() == reflect.Interface && target.NumMethod() == 0:
		return fillAny(target, value)
	case value == nil && isNilable(target.Kind()):
		return nil
	case target.Type() == timeType:
		return assign(target, value)
	case target.Type() == bigIntType:
		return fillBig(target, value)
	}
	switch target.Kind() {
	case reflect.Slice, reflect.Array:
		return fillList(target, value)
	case reflect.Map:
		return fillMap(target, value)
	case reflect.Struct:
		return fillStruct(target, value)
	case reflect.Float32, reflect.Float64:
		return fillFloat(target, value)
	case reflect.Bool, reflect.String:
		return assign(target, value)
	}
	return fillWhole(target, value)
}

func isNilable(kind reflect.Kind) bool {
	return kind == reflect.Slice || kind == reflect.Map || kind == reflect.Interface
}

func refuse(target reflect.Value, value any) error {
	return fmt.Errorf("%s is no %s", describe(value), target.Type())
}

func assign(target reflect.Value, value any) error {
	given := reflect.ValueOf(value)
	if !given.IsValid() || given.Kind() != target.Kind() || !given.CanConvert(target.Type()) {
		return refuse(target, value)
	}
	target.Set(given.Convert(target.Type()))
	return nil
}

func fillPointer(target reflect.Value, value any) error {
	if value == nil {
		return nil
	}
	target.Set(reflect.New(target.Type().Elem()))
	return fill(target.Elem(), value)
}

func fillBig(target reflect.Value, value any) error {
	number, ok := wholeOf(value)
	if !ok {
		return refuse(target, value)
	}
	target.Set(reflect.ValueOf(number).Elem())
	return nil
}

func fillWhole(target reflect.Value, value any) error {
	number, ok := wholeOf(value)
	switch {
	case !ok:
		return refuse(target, value)
	case target.CanInt() && number.IsInt64() && !target.OverflowInt(number.Int64()):
		target.SetInt(number.Int64())
	case target.CanUint() && number.IsUint64() && !target.OverflowUint(number.Uint64()):
		target.SetUint(number.Uint64())
	default:
		return refuse(target, value)
	}
	return nil
}

func wholeOf(value any) (*big.Int, bool) {
	switch value := value.(type) {
	case json.Number:
		return new(big.Int).SetString(value.String(), 10)
	case wide:
		return value.Int, true
	}
	return nil, false
}

func fillFloat(target reflect.Value, value any) error {
	number, ok := value.(float64)
	if text, isNumber := value.(json.Number); isNumber {
		read, err := text.Float64()
		number, ok = read, err == nil
	}
	if !ok {
		return refuse(target, value)
	}
	target.SetFloat(number)
	return nil
}

func fillList(target reflect.Value, value any) error {
	if raw, ok := value.([]byte); ok && target.Type().ConvertibleTo(bytesType) {
		target.SetBytes(raw)
		return nil
	}
	items, ok := listOf(value)
	if !ok || (target.Kind() == reflect.Array && len(items) != target.Len()) {
		return refuse(target, value)
	}
	if target.Kind() == reflect.Slice {
		target.Set(reflect.MakeSlice(target.Type(), len(items), len(items)))
	}
	for at, item := range items {
		if err := fill(target.Index(at), item); err != nil {
			return err
		}
	}
	return nil
}

func listOf(value any) ([]any, bool) {
	switch value := value.(type) {
	case []any:
		return value, true
	case members:
		return value, true
	}
	return nil, false
}

func fillMap(target reflect.Value, value any) error {
	kind := target.Type()
	target.Set(reflect.MakeMap(kind))
	if set, ok := value.(members); ok {
		return fillSet(target, set)
	}
	parts, ok := value.(pairs)
	if !ok {
		return refuse(target, value)
	}
	for at := 0; at < len(parts); at += 2 {
		key, err := convert(parts[at], kind.Key())
		if err != nil {
			return err
		}
		held, err := convert(parts[at+1], kind.Elem())
		if err != nil {
			return err
		}
		target.SetMapIndex(key, held)
	}
	return nil
}

// fillSet fills what Go has for a set: a map to bool, or to an empty struct.
func fillSet(target reflect.Value, set members) error {
	held := reflect.New(target.Type().Elem()).Elem()
	if held.Kind() == reflect.Bool {
		held.SetBool(true)
	}
	for _, member := range set {
		key, err := convert(member, target.Type().Key())
		if err != nil {
			return err
		}
		target.SetMapIndex(key, held)
	}
	return nil
}

func fillStruct(target reflect.Value, value any) error {
	parts, ok := value.(pairs)
	if !ok {
		return refuse(target, value)
	}
	for at := 0; at < len(parts); at += 2 {
		name, _ := parts[at].(string)
		field, ok := findField(target, name)
		if !ok {
			return fmt.Errorf("%s has no field %q", target.Type(), name)
		}
		if err := fill(field, parts[at+1]); err != nil {
			return err
		}
	}
	return nil
}

// findField finds an exported field by its JSON name, or by its own in any way of writing it.
func findField(owner reflect.Value, name string) (reflect.Value, bool) {
	for at := range owner.NumField() {
		field := owner.Type().Field(at)
		if field.IsExported() && (nameOf(field) == name || joined(field.Name) == joined(name)) {
			return owner.Field(at), true
		}
	}
	return reflect.Value{}, false
}

// nameOf returns what a field is called in JSON; its own name where no tag says otherwise.
func nameOf(field reflect.StructField) string {
	name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
	if name == "" || name == "-" {
		return field.Name
	}
	return name
}

func fillAny(target reflect.Value, value any) error {
	natural, err := naturalOf(value)
	if err != nil || natural == nil {
		return err
	}
	target.Set(reflect.ValueOf(natural))
	return nil
}

// naturalOf returns a value as encoding/json would make it, but whole numbers stay whole.
func naturalOf(value any) (any, error) {
	switch value := value.(type) {
	case json.Number:
		if number, err := value.Int64(); err == nil {
			return int(number), nil
		}
		return value.Float64()
	case wide:
		return value.Int, nil
	case pairs:
		return naturalMap(value)
	case members:
		return naturalList(value)
	case []any:
		return naturalList(value)
	}
	return value, nil
}

func naturalList(values []any) (any, error) {
	made := make([]any, len(values))
	for at, value := range values {
		natural, err := naturalOf(value)
		if err != nil {
			return nil, err
		}
		made[at] = natural
	}
	return made, nil
}

func naturalMap(parts pairs) (any, error) {
	made := make(map[string]any, len(parts)/2)
	for at := 0; at < len(parts); at += 2 {
		name, ok := parts[at].(string)
		if !ok {
			return nil, fmt.Errorf("the keys of a map[string]any are texts; %s is none", describe(parts[at]))
		}
		natural, err := naturalOf(parts[at+1])
		if err != nil {
			return nil, err
		}
		made[name] = natural
	}
	return made, nil
}
