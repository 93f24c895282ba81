// Ends with an error where it is started; see `contracts/broken`.
package main

func init() { panic("broken on purpose") }

func main() {}
