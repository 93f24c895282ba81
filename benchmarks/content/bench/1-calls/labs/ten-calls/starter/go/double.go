package main

func Double(number int) int { return 0 }

func main() {}
