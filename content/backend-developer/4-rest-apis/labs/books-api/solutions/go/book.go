package main

import (
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"unicode/utf8"
)

// fields are those that a client gives.
type fields struct {
	Title  string  `json:"title"`
	Author string  `json:"author"`
	Year   int     `json:"year"`
	Price  string  `json:"price"`
	ISBN   *string `json:"isbn"`
}

// book is what a client gets.
type book struct {
	ID string `json:"id"`
	fields
	AddedAt string `json:"added_at"`
}

var (
	pricePattern = regexp.MustCompile(`^[0-9]{1,6}\.[0-9]{2}$`)
	isbnPattern  = regexp.MustCompile(`^[0-9]{13}$`)
)

// readBook reads the five fields, or refuses them with every error that they have.
func readBook(body io.Reader) (fields, error) {
	text, err := io.ReadAll(body)
	if err != nil {
		return fields{}, err
	}
	if !json.Valid(text) {
		return fields{}, newProblem(http.StatusBadRequest, "The body is not JSON.")
	}
	given := map[string]json.RawMessage{}
	if err := json.Unmarshal(text, &given); err != nil {
		return fields{}, refuseFields([]fieldError{{"body", "Send a JSON object."}})
	}
	var read fields
	errors := read.fill(given)
	for name := range given {
		errors = append(errors, fieldError{name, "There is no such field."})
	}
	if len(errors) > 0 {
		return fields{}, refuseFields(errors)
	}
	return read, nil
}

func refuseFields(errors []fieldError) error {
	refusal := newProblem(http.StatusUnprocessableEntity, "Some fields are not as they should be.")
	refusal.Errors = errors
	return refusal
}

// fill takes the fields that it knows out of what was given, and lists what is wrong with them.
func (read *fields) fill(given map[string]json.RawMessage) []fieldError {
	var errors []fieldError
	for _, each := range []struct {
		name  string
		into  any
		fits  func() bool
		words string
	}{
		{"title", &read.Title, func() bool { return isWords(read.Title) }, "a text of 1 to 200 characters"},
		{"author", &read.Author, func() bool { return isWords(read.Author) }, "a text of 1 to 200 characters"},
		{"year", &read.Year, func() bool { return read.Year >= 1450 && read.Year <= 2100 }, "a whole number from 1450 to 2100"},
		{"price", &read.Price, func() bool { return pricePattern.MatchString(read.Price) }, `a text such as "12.90"`},
		{"isbn", &read.ISBN, func() bool { return read.ISBN == nil || isbnPattern.MatchString(*read.ISBN) }, "a text of 13 digits, or null"},
	} {
		value, isThere := given[each.name]
		delete(given, each.name)
		isNull := isThere && string(value) == "null" && each.name != "isbn"
		if isThere && json.Unmarshal(value, each.into) != nil || isNull || !each.fits() {
			errors = append(errors, fieldError{each.name, "This must be " + each.words + "."})
		}
	}
	return errors
}

func isWords(text string) bool {
	return strings.TrimSpace(text) != "" && utf8.RuneCountInString(text) <= 200
}
