// Package harness calls a learner's functions on behalf of the `solution` fixture.
//
// It shares a process with learner code, so nothing it says is trusted: its answers are values for
// a check to judge. How values travel is described in encoding.py; this is the half of Go.
package harness

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"
)

// The limits of encoding.py, by the words that it has for them.
const (
	maxValues = 2_000_000
	maxBytes  = 32 << 20
	maxLevels = 128
	exact     = 1 << 53
)

// unsendable is a value that goes beyond a limit, which is named by a word of encoding.py.
type unsendable string

func (why unsendable) Error() string { return string(why) }

// pairs is a dict: its keys and values in turn.
type pairs []any

// members is a set.
type members []any

// wide is an integer that JSON would round.
type wide struct{ *big.Int }

// decode reads a value as a check has sent it: nil, bool, string, json.Number, float64, []any,
// pairs, members, []byte, time.Time or wide.
func decode(value any) (any, error) {
	switch value := value.(type) {
	case []any:
		return decodeEach(value)
	case map[string]any:
		for tag, body := range value {
			return decodeTagged(tag, body)
		}
	}
	return value, nil
}

func decodeEach(values []any) ([]any, error) {
	for at, inner := range values {
		made, err := decode(inner)
		if err != nil {
			return nil, err
		}
		values[at] = made
	}
	return values, nil
}

func decodeTagged(tag string, body any) (any, error) {
	switch body := body.(type) {
	case []any:
		return decodeList(tag, body)
	case string:
		return decodeText(tag, body)
	}
	return nil, fmt.Errorf("Go has no %s", tag)
}

func decodeList(tag string, body []any) (any, error) {
	inner, err := decodeEach(body)
	if err != nil {
		return nil, err
	}
	switch tag {
	case "dict":
		return pairs(inner), nil
	case "set":
		return members(inner), nil
	case "datetime":
		text, _ := inner[0].(string)
		return time.Parse(time.RFC3339Nano, text)
	}
	return nil, fmt.Errorf("Go has no %s", tag)
}

func decodeText(tag, body string) (any, error) {
	switch tag {
	case "int":
		number, ok := new(big.Int).SetString(body, 16)
		if !ok {
			return nil, fmt.Errorf("%q is no number", body)
		}
		return wide{number}, nil
	case "float":
		return strconv.ParseFloat(body, 64)
	case "bytes":
		return hex.DecodeString(body)
	}
	return nil, fmt.Errorf("Go has no %s", tag)
}

// describe writes an argument into a sentence.
func describe(value any) string {
	text, err := json.Marshal(value)
	if err != nil || len(text) > 80 {
		return fmt.Sprintf("%.80v", value)
	}
	return string(text)
}

// joined removes what names are written with, so that `parse_id` is found as ParseID.
func joined(name string) string {
	return strings.ToLower(strings.ReplaceAll(name, "_", ""))
}

// pascal writes a name as Go exports it.
func pascal(name string) string {
	var text strings.Builder
	for _, word := range strings.Split(name, "_") {
		if word != "" {
			text.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return text.String()
}
