// Turn a web server's access log into a report.
package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// Report is what a whole log says.
type Report struct {
	Requests    int            `json:"requests"`
	Malformed   int            `json:"malformed"`
	Bytes       int            `json:"bytes"`
	Visitors    int            `json:"visitors"`
	Statuses    map[string]int `json:"statuses"`
	TopPaths    []PathCount    `json:"top_paths"`
	BusiestHour *HourCount     `json:"busiest_hour"`
}

// PathCount is how often a path was requested.
type PathCount struct {
	Path     string `json:"path"`
	Requests int    `json:"requests"`
}

// HourCount is how many requests came in an hour.
type HourCount struct {
	Hour     string `json:"hour"`
	Requests int    `json:"requests"`
}

type tally struct {
	report    Report
	addresses map[string]bool
	paths     map[string]int
	hours     map[string]int
}

func newTally() *tally {
	statuses := map[string]int{"other": 0}
	for status := 100; status < 600; status += 100 {
		statuses[ClassifyStatus(status)] = 0
	}
	return &tally{
		report:    Report{Statuses: statuses, TopPaths: []PathCount{}},
		addresses: map[string]bool{},
		paths:     map[string]int{},
		hours:     map[string]int{},
	}
}

func (counted *tally) add(line string) {
	if strings.TrimSpace(line) == "" {
		return
	}
	record := ParseLine(line)
	if record == nil {
		counted.report.Malformed++
		return
	}
	counted.report.Requests++
	counted.report.Bytes += record.Bytes
	counted.report.Statuses[ClassifyStatus(record.Status)]++
	counted.addresses[record.Address] = true
	counted.paths[record.Path]++
	counted.hours[record.Hour]++
}

func (counted *tally) finish() Report {
	report := counted.report
	report.Visitors = len(counted.addresses)
	paths := rank(counted.paths)
	for _, path := range paths[:min(5, len(paths))] {
		report.TopPaths = append(report.TopPaths, PathCount{path, counted.paths[path]})
	}
	if hours := rank(counted.hours); len(hours) > 0 {
		report.BusiestHour = &HourCount{hours[0], counted.hours[hours[0]]}
	}
	return report
}

// rank lists the most frequent first; where there are equally many, in order of their names.
func rank(counts map[string]int) []string {
	names := make([]string, 0, len(counts))
	for name := range counts {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(counts[b]-counts[a], strings.Compare(a, b))
	})
	return names
}

// BuildReport returns the report of these lines.
func BuildReport(lines []string) Report {
	counted := newTally()
	for _, line := range lines {
		counted.add(line)
	}
	return counted.finish()
}

func readReport(log io.Reader) (Report, error) {
	counted := newTally()
	// A Scanner would stop at a line of more than 64 KiB.
	lines := bufio.NewReader(log)
	for {
		line, err := lines.ReadString('\n')
		counted.add(line)
		if errors.Is(err, io.EOF) {
			return counted.finish(), nil
		}
		if err != nil {
			return Report{}, err
		}
	}
}

func run(arguments []string) int {
	if len(arguments) != 1 {
		fmt.Fprintln(os.Stderr, "Which log? Usage: go run . FILE (or - for standard input)")
		return 2
	}
	log := os.Stdin
	if arguments[0] != "-" {
		file, err := os.Open(arguments[0])
		if err != nil {
			fmt.Fprintf(os.Stderr, "%s cannot be read: %v\n", arguments[0], err)
			return 2
		}
		defer file.Close()
		log = file
	}
	report, err := readReport(log)
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s cannot be read: %v\n", arguments[0], err)
		return 2
	}
	text, err := json.MarshalIndent(report, "", "  ")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println(string(text))
	return 0
}

func main() {
	os.Exit(run(os.Args[1:]))
}
