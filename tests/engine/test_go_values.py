"""What goes into a call of Go becomes the parameter's type, and what comes back is what Go has."""

import pytest

from milepost.engine import Limits, Outcome, Verdict

PATIENT = Limits(wall_seconds=60, run_seconds=20, memory_bytes=1 << 30)
pytestmark = pytest.mark.needs_isolated_tier
CHECKS = """
    import datetime as dt

    from milepost.engine.checks import Instance, SolutionRaised, exactly
    from milepost.engine.checks.faults import NotProvided

    @check(task="t", objectives=["o"])
    def test_it(solution):
        {body}
"""
MODULE = """
package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"time"
)

type Point struct {{
	X int     `json:"x"`
	Y float64 `json:"far_up"`
	Z []string
	own bool
}}

type Level int

type Tree struct{{ Next *Tree }}

type Pair struct {{
	Point
	Name string
}}

var ErrClosed = errors.New("the shop is closed")

type OutOfStock struct{{ Left int }}

func (err *OutOfStock) Error() string {{ return fmt.Sprintf("%d left", err.Left) }}

type Counter struct{{ total int }}

func NewCounter(start int) Counter {{ return Counter{{start}} }}

func (c *Counter) Add(n int) int {{ c.total += n; return c.total }}

func endless() *Tree {{ tree := &Tree{{}}; tree.Next = tree; return tree }}

func deep() *Tree {{
	var tree *Tree
	for range 200 {{ tree = &Tree{{tree}} }}
	return tree
}}

func Values() []any {{
	return []any{{
{values}
	}}
}}

func TakeInts(given []int) string                  {{ return fmt.Sprintf("%#v", given) }}
func TakeSmall(given int8) int8                    {{ return given }}
func TakeFloats(given ...float64) string           {{ return fmt.Sprintf("%#v", given) }}
func TakePoint(given Point) string                 {{ return fmt.Sprintf("%+v", given) }}
func TakePointer(given *Point) bool                {{ return given == nil }}
func TakeMap(given map[string][]int) int           {{ return len(given["a"]) }}
func TakeSet(given map[string]struct{{}}) int        {{ return len(given) }}
func TakeBytes(given []byte) string                {{ return fmt.Sprintf("%x", given) }}
func TakeTime(given time.Time) string              {{ return given.UTC().Format(time.RFC3339Nano) }}
func TakeBig(given *big.Int) string                {{ return given.String() }}
func TakeAny(given any) string                     {{ return fmt.Sprintf("%#v", given) }}
func TakeContext(ctx context.Context, n int) bool  {{ return ctx != nil && n == 1 }}
func Change(given []int) int                       {{ given[0] = 9; return len(given) }}
func Two() (int, string)                           {{ return 2, "b" }}
func OrError(which int) (int, error) {{
	switch which {{
	case 1:
		return 0, fmt.Errorf("at night: %w", ErrClosed)
	case 2:
		return 0, &OutOfStock{{3}}
	case 3:
		return 0, errors.New("plain")
	}}
	return 1, nil
}}
func Endless() *Tree                               {{ return endless() }}
func Deep() *Tree                                  {{ return deep() }}
func Panics() int                                  {{ var list []int; return list[2] }}
func hidden() int                                  {{ return math.MaxInt8 }}

func main() {{}}
"""
VALUES = {  # what a check gets -> what it is in Go
    "None": "nil",
    "True": "true",
    "-3": "-3",
    "2**64 - 1": "uint64(math.MaxUint64)",
    "-(2**63)": "int64(math.MinInt64)",
    "3": "Level(3)",
    "2.0": "2.0",
    "0.1": "float32(0.1)",
    "float('inf')": "math.Inf(1)",
    "float('-inf')": "math.Inf(-1)",
    "1e300": "1e300",
    "'Café'": '"Café"',
    "b'\\xff'": '"\\xff"',
    "b'ab'": '[]byte("ab")',
    "[1, 2]": "[]int{1, 2}",
    "[]": "[]string(nil)",
    "[True, 'a']": '[...]any{true, "a"}',
    "{'a': 1}": 'map[string]int{"a": 1}',
    "{1: 'a'}": 'map[int]string{1: "a"}',
    "{'a'}": 'map[string]struct{}{"a": {}}',
    "2**100": "new(big.Int).Lsh(big.NewInt(1), 100)",
    "dt.datetime(2026, 1, 2, 3, 4, 5, 6000, tzinfo=dt.timezone.utc)": (
        "time.Date(2026, 1, 2, 3, 4, 5, 6000000, time.UTC)"
    ),
    "Instance('Duration', '1.5s')": "1500 * time.Millisecond",
    "Instance('Point', x=1, far_up=2.5, Z=['a'])": 'Point{1, 2.5, []string{"a"}, true}',
    "Instance('Pair', x=1, far_up=0.0, Z=[], Name='n')": 'Pair{Point{X: 1}, "n"}',
    "Instance('OutOfStock', message='3 left')": "&OutOfStock{3}",
    "[Instance('Tree', Next=None)]": "[]*Tree{{}}",
}
CALLS = {  # of functions, with what they return
    "'take_ints', [1, 2]": "'[]int{1, 2}'",
    "'take_ints', []": "'[]int{}'",
    "'take_small', -128": "-128",
    "'take_floats', 1, 2.5": "'[]float64{1, 2.5}'",
    "'take_floats'": "'[]float64{}'",
    "'take_point', {'x': 1, 'far_up': 2, 'z': ['a']}": "'{X:1 Y:2 Z:[a] own:false}'",
    "'take_pointer', None": "True",
    "'take_pointer', {'x': 1}": "False",
    "'take_map', {'a': [1, 2]}": "2",
    "'take_set', {'a', 'b'}": "2",
    "'take_bytes', b'\\x00\\xff'": "'00ff'",
    "'take_time', dt.datetime(2026, 1, 2, tzinfo=dt.timezone.utc)": "'2026-01-02T00:00:00Z'",
    "'take_big', 2**100": "str(2**100)",
    "'take_any', {'a': [1, None, 2.5]}": (
        "'map[string]interface {}{\"a\":[]interface {}{1, interface {}(nil), 2.5}}'"
    ),
    "'take_context', 1": "True",
    "'two'": "(2, 'b')",
    "'or_error', 0": "1",
}
REFUSED = {  # calls, with what the learner reads
    "'take_small', 128": "argument 1 of `TakeSmall`: 128 is no int8",
    "'take_ints', ['a']": 'argument 1 of `TakeInts`: "a" is no int',
    "'take_ints', 3": "argument 1 of `TakeInts`: 3 is no []int",
    "'take_point', {'w': 1}": 'argument 1 of `TakePoint`: main.Point has no field "w"',
    "'take_small', 1, 2": "`TakeSmall` takes 1 arguments, and the brief calls it with 2",
    "'or_error', 1": "at night: the shop is closed",
    "'panics'": "runtime error: index out of range [2] with length 0",
}


async def grade_go(grade, body):
    values = "\n".join(f"\t\t{value}," for value in VALUES.values())
    lines = "\n        ".join(line.strip("\n") for line in body.splitlines())
    return await grade(
        CHECKS.format(body=lines),
        {"main.go": MODULE.format(values=values)},
        stack="go",
        limits=PATIENT,
    )


def explain(graded):
    return graded.report.message + "\n".join(
        each.detail or each.message for each in graded.report.checks
    )


async def test_what_go_returns_is_what_it_is(grade):
    graded = await grade_go(
        grade,
        f"""
expected = [{", ".join(VALUES)}]
for got, wanted in zip(solution.call("values"), expected, strict=True):
    assert exactly(got) == wanted, f"{{got!r}} is not {{wanted!r}}"
""",
    )

    assert graded.report.verdict is Verdict.PASSED, explain(graded)


async def test_arguments_become_what_a_parameter_holds(grade):
    lines = [f"assert solution.call({call}) == {value}" for call, value in CALLS.items()]

    graded = await grade_go(
        grade,
        "\n".join(
            [
                *lines,
                "assert solution.observe('change', [1, 2]).arguments == ([9, 2],)",
                "counter = solution.new('counter', 40)",
                "assert counter.call('add', 2) == 42",
            ]
        ),
    )

    assert graded.report.verdict is Verdict.PASSED, explain(graded)


async def test_what_does_not_fit_is_told_in_a_sentence(grade):
    graded = await grade_go(
        grade,
        f"""
for call, said in {list(REFUSED.items())!r}:
    try:
        eval(f"solution.call({{call}})")
    except SolutionRaised as raised:
        assert said in raised.message, raised.message
    else:
        raise AssertionError(call)
for which, kind in [(1, "ErrClosed"), (2, "OutOfStock"), (3, "error")]:
    try:
        solution.call("or_error", which)
    except SolutionRaised as raised:
        assert raised.type == kind, raised.type
try:
    solution.call("hidden")
except NotProvided as missing:
    assert "a name must begin with a capital letter" in str(missing), str(missing)
""",
    )

    assert graded.report.verdict is Verdict.PASSED, explain(graded)


@pytest.mark.parametrize(
    ("name", "said"),
    [("endless", "has no end"), ("deep", "nested more than")],
)
async def test_what_no_check_can_take_in_fails_by_its_name(grade, name, said):
    graded = await grade_go(grade, f"solution.call({name!r})")

    assert graded.only.outcome is Outcome.FAILED
    assert said in graded.only.message
