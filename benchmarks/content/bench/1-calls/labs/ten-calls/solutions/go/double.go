package main

func Double(number int) int { return 2 * number }

func main() {}
