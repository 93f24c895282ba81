// Functions and a type that checks use; see `contracts/function`.
package main

import (
	"fmt"
	"time"
)

const Step = 1

var calls int

type Counter struct{ Total int }

func NewCounter(total int) *Counter { return &Counter{total} }

func (counter *Counter) CountUp() { counter.Total += Step }

func Add(left, right int) int { return left + right }

func GiveBack(value any) any { return value }

func Say(text string) { fmt.Println(text) }

func CountCalls() int {
	calls += Step
	return calls
}

func WaitForEver() { time.Sleep(time.Hour) }

func Fail() { panic("broken on purpose") }

func main() {}
