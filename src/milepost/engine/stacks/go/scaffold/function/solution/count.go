package main

import "strings"

// CountWords returns how many words a text has.
func CountWords(text string) int {
	return len(strings.Fields(text))
}

func main() {}
