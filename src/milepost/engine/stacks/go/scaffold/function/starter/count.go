package main

// CountWords returns how many words a text has.
func CountWords(text string) int {
	return -1
}

func main() {}
