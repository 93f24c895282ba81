// Turn a web server's access log into a report.
//
// Run it:  go run . sample.log
package main

import (
	"encoding/json"
	"fmt"
	"os"
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

// Report is what a whole log says. Give it the fields that the brief shows.
type Report struct{}

// ParseLine returns what one line says, or nil when it is malformed.
func ParseLine(line string) *Record {
	return nil
}

// ClassifyStatus returns one of the six words for a status.
func ClassifyStatus(status int) string {
	return ""
}

// BuildReport returns the report of these lines.
func BuildReport(lines []string) Report {
	return Report{}
}

func main() {
	// Which log is meant? What if it can't be read?
	report := BuildReport(nil)
	text, err := json.MarshalIndent(report, "", "  ")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(string(text))
}
