package main

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Record is what one line says.
type Record struct {
	Address string `json:"address"`
	Hour    string `json:"hour"`
	Method  string `json:"method"`
	Path    string `json:"path"`
	Status  int    `json:"status"`
	Bytes   int    `json:"bytes"`
}

var months = []string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}

var linePattern = regexp.MustCompile(`^([^ ]+) [^ ]+ [^ ]+ ` +
	`\[(\d\d)/([A-Z][a-z]{2})/(\d{4}):(\d\d):\d\d:\d\d [+-]\d{4}\] ` +
	`"([A-Z]+) ([^ ]+) HTTP/[^ "]+" (\d{3}) (\d+|-) ` +
	`"(?:[^"\\]|\\.)*" "(?:[^"\\]|\\.)*"$`)

// ParseLine returns what one line says, or nil when it is malformed.
func ParseLine(line string) *Record {
	found := linePattern.FindStringSubmatch(strings.TrimRight(line, "\r\n"))
	if found == nil {
		return nil
	}
	month := slices.Index(months, found[3]) + 1
	if month == 0 {
		return nil
	}
	size := 0
	if found[9] != "-" {
		size, _ = strconv.Atoi(found[9])
	}
	status, _ := strconv.Atoi(found[8])
	path, _, _ := strings.Cut(found[7], "?")
	return &Record{
		Address: found[1],
		Hour:    found[4] + "-" + twoDigits(month) + "-" + found[2] + " " + found[5] + ":00",
		Method:  found[6],
		Path:    path,
		Status:  status,
		Bytes:   size,
	}
}

func twoDigits(number int) string {
	if number < 10 {
		return "0" + strconv.Itoa(number)
	}
	return strconv.Itoa(number)
}

// ClassifyStatus returns one of the six words for a status.
func ClassifyStatus(status int) string {
	switch {
	case status < 100 || status > 599:
		return "other"
	case status < 200:
		return "informational"
	case status < 300:
		return "success"
	case status < 400:
		return "redirect"
	case status < 500:
		return "client_error"
	}
	return "server_error"
}
