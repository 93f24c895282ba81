"""What goes into a call comes out the same, and what comes back is what the language has."""

import pytest

from milepost.engine import Limits, Outcome, Verdict

PATIENT = Limits(wall_seconds=60, run_seconds=20, memory_bytes=1 << 30)
CHECK = """
    import datetime as dt
    import math
    import uuid
    from decimal import Decimal
    from fractions import Fraction
    from pathlib import Path
    from zoneinfo import ZoneInfo

    def same(one, other):
        if type(one) is not type(other):
            return False
        if isinstance(one, dict):
            return len(one) == len(other) and all(
                same(left, right) for left, right in zip(one.items(), other.items()))
        if isinstance(one, list | tuple):
            return len(one) == len(other) and all(map(same, one, other))
        return repr(one) == repr(other) if isinstance(one, float | complex) else one == other

    def look(value):
        return hex(value) if isinstance(value, int) else repr(value)[:80]

    @check(task="t", objectives=["o"])
    def test_it(solution):
        {body}
"""
PYTHON_VALUES = [
    *("None", "True", "False", "0", "-1", "2**53", "-(2**64)", "10**5000", "1.0", "-0.0", "1e300"),
    *("float('inf')", "float('-inf')", "float('nan')", "3+4j", "complex(float('inf'), -0.0)"),
    *("''", "'text'", r"'\x00\ud800\u202e \U0001f3ee'", r"b'\x00\xff'", "bytearray(b'ab')"),
    *("()", "(1,)", "(1, [2, (3, ())])", "[]", "[1, 1.0, True, None, '1']", "[[]]"),
    *("{}", "{'a': 1}", "{1: 'a', None: 'b', (1, 2): 'c', 2.5: 'd', b'k': {}}", "{True: 0}"),
    *("{'tuple': [1]}", "{'int': 'ff'}", "{'dict': {'instance': []}}"),
    *("set()", "{(1, 'a')}", "{1, 2, 3}", "{None}", "frozenset({1})", "{frozenset({1}): {2}}"),
    *("Decimal('1.50')", "Decimal('-Infinity')", "Fraction(1, 3)", "range(2, 10, 3)"),
    *("dt.datetime(2026, 1, 2, 3, 4, 5, 6)", "dt.datetime(2026, 1, 2, tzinfo=dt.timezone.utc)"),
    "dt.datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=ZoneInfo('Europe/Berlin'))",
    *("dt.date(1, 1, 1)", "dt.time(23, 59, 59, 999999)", "dt.timedelta(-1, 2, 3)"),
    *("uuid.UUID(int=5)", "Path('a/b')", "list(range(1_000_000))", "[0.5] * 1_000_000"),
    *("[(1, 'a')] * 100_000", "'x' * 5_000_000"),
]


NODE_VALUES = {  # what a check passes or gets -> what it is in JavaScript
    "None": "null",
    "UNDEFINED": "undefined",
    "[None, UNDEFINED, True, False]": "[null, undefined, true, false]",
    "2**53 - 1": "9007199254740991",
    "-0.0": "-0",
    "0.1": "0.1",
    "float('inf')": "Infinity",
    "float('nan')": "NaN",
    "2.0**60": "2 ** 60",
    "BigInt(2**64)": "2n ** 64n",
    "BigInt(-5)": "-5n",
    r"'\x00\ud800\u2028'": r"'\0\ud800\u2028'",
    "{'a': [1, {'b': None}], '__proto__': 1}": "{ a: [1, { b: null }], ['__proto__']: 1 }",
    "{'dict': [1], 'float': 'x'}": "{ dict: [1], float: 'x' }",
    "{1, 2}": "new Set([1, 2])",
    "Map([(1, 'a'), ('1', 'b'), (True, 0)])": "new Map([['1', 'b'], [true, 0], [1, 'a']])",
    "Map([([1], {})])": "new Map([[[1], {}]])",
    "b'\\x00\\xff'": "Buffer.from([0, 255])",
    "dt.datetime(2026, 1, 2, 3, 4, 5, 6000, tzinfo=dt.timezone.utc)": (
        "new Date('2026-01-02T03:04:05.006Z')"
    ),
    "[0.5] * 500_000": "new Array(500000).fill(0.5)",
}
DESCRIBED_BY_NODE = {
    "Instance('Point', x=1, y=[2])": "new (class Point { x = 1; y = [2]; })()",
    "Instance('TypeError', message='no')": "new TypeError('no')",
    "Instance('Set', values=[1, True, [2]])": "new Set([1, true, [2]])",
    "Instance('Float64Array', values=[0.5, 1])": "new Float64Array([0.5, 1])",
    "Instance('Map Iterator', \"[Map Entries] { [ 'a', 1 ] }\")": "new Map([['a', 1]]).entries()",
    "Instance('Generator', 'Object [Generator] {}')": "(function* () {})()",
    "Instance('symbol', 'Symbol(a)')": "Symbol('a')",
    "Instance('function', '[Function: f]')": "function f() {}",
    "Instance('RegExp', '/a/g')": "/a/g",
    "Instance('Date', 'Invalid Date')": "new Date(NaN)",
    "[Instance('Promise', 'Promise { 1 }')]": "[Promise.resolve(1)]",
}
DESCRIBED_BY_PYTHON = {
    "Instance('Point', x=1, y=(2,))": "Point(1, (2,))",
    "Instance('Slotted', a=1)": "Slotted()",
    "Instance('Colour', name='RED', value=1)": "Colour.RED",
    "Instance('ValueError', args=('no', 1))": "ValueError('no', 1)",
    "Instance('generator', '<generator object made>')": "made()",
    "Instance('Empty')": "Empty()",
    "{Instance('Point', x=1, y=2): 1}": "{Point(1, 2): 1}",
    "[1, 'a', (1, 2), {'a': 1}]": "[Level.LOW, Name('a'), Pair(1, 2), Tally('a')]",
}


async def grade_one(grade, body, files, **more):
    lines = "\n        ".join(line.strip("\n") for line in body.splitlines())
    return await grade(CHECK.format(body=lines), files, limits=PATIENT, **more)


def explain(graded):
    return "\n".join((each.detail or each.message) for each in graded.report.checks)


async def test_python_values_go_there_and_back_and_are_the_same(grade):
    graded = await grade_one(
        grade,
        f"""
values = [{", ".join(PYTHON_VALUES)}]
for value in values:
    back, seen = solution.call("look", value)
    assert same(back, value), f"{{look(value)}} came back as {{look(back)}}"
    assert seen == look(value), f"{{look(value)}} was seen as {{seen}}"
""",
        """
        def look(value):
            return value, hex(value) if isinstance(value, int) else repr(value)[:80]
        """,
    )

    assert graded.report.verdict is Verdict.PASSED, explain(graded)


async def test_node_values_go_there_and_back_and_are_the_same(grade):
    pairs = ", ".join(f"({value}, {number})" for number, value in enumerate(NODE_VALUES))
    made = ", ".join(f"() => ({text})" for text in NODE_VALUES.values())
    graded = await grade_one(
        grade,
        f"""
for value, number in [{pairs}]:
    assert solution.call("is_made", number, value) is True, f"{{value!r}} arrived as another"
    back = solution.call("make", number)
    assert same(back, value), f"{{value!r}} came back as {{back!r}}"
""",
        f"""
        import {{ isDeepStrictEqual }} from "node:util";
        const made = [{made}];
        export const isMade = (number, value) => isDeepStrictEqual(value, made[number]());
        export const make = (number) => made[number]();
        """,
        stack="node",
    )

    assert graded.report.verdict is Verdict.PASSED, explain(graded)


@pytest.mark.parametrize("stack", ["python", "node"])
async def test_objects_of_the_learners_are_described_comparably(grade, stack):
    described = DESCRIBED_BY_PYTHON if stack == "python" else DESCRIBED_BY_NODE
    python = f"""
        import collections, dataclasses, enum
        @dataclasses.dataclass(frozen=True)
        class Point:
            x: int
            y: object
        class Slotted:
            __slots__ = ("a", "b")
            def __init__(self): self.a = 1
        class Empty: pass
        def made(): yield
        class Colour(enum.Enum): RED = 1
        class Level(enum.IntEnum): LOW = 1
        class Name(str): pass
        Pair = collections.namedtuple("Pair", "a b")
        Tally = collections.Counter
        def f(number):
            return [lambda: {", lambda: ".join(described.values())}][number]()
        """
    node = f"export const f = (number) => [() => {', () => '.join(described.values())}][number]();"
    graded = await grade_one(
        grade,
        f"for number, value in enumerate([{', '.join(described)}]):\n"
        "    assert solution.call('f', number) == value, repr(solution.call('f', number))\n",
        python if stack == "python" else node,
        stack=stack,
    )

    assert graded.report.verdict is Verdict.PASSED, explain(graded)


LIMITS = {
    "many": ("[[]] * 2_000_001", "Array(2_000_001).fill('')", "more than 2,000,000 values"),
    "shared": ("shared(30)", "shared(30)", "more than 2,000,000 values"),
    "large": ("'x' * 40_000_000", "'x'.repeat(40_000_000)", "more than 32 MiB"),
    "escaped": (r"'\u4e00' * 9_000_000", r"'\u4e00'.repeat(12_000_000)", "more than 32 MiB"),
    "deep": ("deep(200)", "deep(200)", "values that are nested more than 128 levels deep"),
    "endless": ("endless()", "endless()", "a value that holds itself"),
    "digits": ("1 << 1_000_001", "2n ** 1_000_001n", "a number of more than 301,030 digits"),
}
MAKERS = {
    "python": """
        def deep(levels):
            value = []
            for _ in range(levels): value = [value]
            return value
        def shared(levels):
            value = [1]
            for _ in range(levels): value = [value, value]
            return value
        def endless():
            value = []
            value.append({1: value})
            return value
        """,
    "node": """
        const deep = (levels) => (levels ? [deep(levels - 1)] : []);
        const shared = (levels) => {
          let value = [1];
          while (levels--) value = [value, value];
          return value;
        };
        const endless = () => { const value = {}; value.self = [value]; return value; };
        """,
}


@pytest.mark.parametrize("stack", ["python", "node"])
@pytest.mark.parametrize("limit", LIMITS)
async def test_value_beyond_a_limit_fails_with_a_sentence_of_its_own(grade, stack, limit):
    python, node, says = LIMITS[limit]
    made = f"def f(): return {python}" if stack == "python" else f"export const f = () => {node};"
    graded = await grade_one(
        grade, "solution.call('f')", f"{MAKERS[stack]}\n        {made}", stack=stack
    )

    assert graded.only.outcome is Outcome.FAILED, explain(graded)
    assert graded.only.message.startswith(f"`f()` gave {says}"), graded.only.message


async def test_what_is_just_within_the_limits_arrives(grade):
    graded = await grade_one(
        grade,
        """
value = solution.call("deep", 120)
for _ in range(120): value, = value
assert value == []
assert solution.call("long")[-1] == 1_999_990
assert len(solution.call("links", 5000).fields) == 2
""",
        f"""{MAKERS["python"]}
        def long(): return list(range(1_999_991))
        class Link:
            def __init__(self, after): self.after, self.before = after, None
        def links(count):
            link = None
            for _ in range(count):
                after, link = link, Link(link)
                if after: after.before = link
            return link
        """,
    )

    assert graded.report.verdict is Verdict.PASSED, explain(graded)


@pytest.mark.parametrize(
    ("stack", "argument", "says"),
    [
        ("python", "lambda: 1", "an object of the class function has no counterpart there"),
        ("python", "UNDEFINED", "UNDEFINED exists in JavaScript only"),
        ("python", "[[]] * 2_000_001", "it is more than 2,000,000 values"),
        ("node", "(1, 2)", "JavaScript has no tuple; pass a list"),
        ("node", "[frozenset()]", "JavaScript has no frozenset; pass a set"),
        ("node", "{1: 'a'}", "the keys of a JavaScript object are texts"),
        ("node", "2**53", "9,007,199,254,740,991 is the largest whole number"),
        ("node", "Decimal(1)", "JavaScript has no Decimal"),
        ("node", "dt.datetime(2026, 1, 1)", "a Date of JavaScript is a moment"),
    ],
)
async def test_argument_that_cannot_be_passed_is_told_to_the_check_before_anything_runs(
    grade, stack, argument, says
):
    files = "def f(x): pass\n" if stack == "python" else "export const f = () => 1;\n"
    graded = await grade_one(
        grade,
        f"with pytest.raises(ValueError, match='Argument 2 of') as told:\n"
        f"    solution.call('f', 1, {argument})\n"
        f"assert {says!r} in str(told.value), str(told.value)",
        files,
        stack=stack,
    )

    assert graded.report.verdict is Verdict.PASSED, explain(graded)
    assert graded.only.evidence == ()


async def test_object_of_the_learners_that_a_check_passes_on_fails_the_learner_not_the_lab(grade):
    graded = await grade_one(
        grade,
        "solution.call('f', solution.call('f', 1))",
        "class Thing: pass\ndef f(x): return Thing()\n",
    )

    assert graded.only.outcome is Outcome.FAILED
    assert "an object such as Thing stays in the process it lives in" in graded.only.message


HOSTILE_PYTHON = """
        class Wordless(Exception):
            def __str__(self): raise KeyError("no words")
        def words(): raise Wordless()
        class Sly(str):
            def __getitem__(self, key): return 8
            def __len__(self): return -1
            def __str__(self): return 8
            def __eq__(self, other): return True
            __hash__ = None
        def sly(): return [Sly("a"), {Sly.__mro__[1]("k"): Sly("b")}]
        class Trap:
            def __getattribute__(self, name): raise SystemExit(name)
        def trap(): return {"trap": Trap()}
        class Fake:
            __class__ = list
        def fake(): return [Fake()]
        class Lies:
            pass
        Lies.__module__, Lies.__qualname__ = "builtins", "tuple"
        def lies(): return Lies()
        def large(): raise ValueError("x" * 50_000_000)
"""
HOSTILE_NODE = """
        class Wordless extends Error { get message() { throw new Error("no words"); } }
        export const words = () => { throw new Wordless(); };
        export const sly = () => ({ get a() { throw new Error(); } });
        export const trap = () => new Proxy({}, {
          get() { throw new Error("get"); }, getPrototypeOf() { throw new Error("proto"); } });
        export const thrown = () => { throw trap(); };
        export const nothing = () => { throw undefined; };
        export const liar = () => ({ toJSON: 7, constructor: 5, then: null });
        export const large = () => { throw new Error("x".repeat(50_000_000)); };
"""


async def test_hostile_python_values_are_data_and_break_nothing(grade):
    graded = await grade_one(
        grade,
        """
with pytest.raises(SolutionRaised) as told:
    solution.call("words")
assert (told.value.type, told.value.message) == ("Wordless", "(its __str__ raised KeyError)")
assert exactly(solution.call("sly")) == ["a", {"k": "b"}]
assert solution.call("trap")["trap"].type == "Trap"
assert solution.call("fake") == [Instance("Fake")]
assert isinstance(solution.call("lies"), Instance)
with pytest.raises(SolutionRaised) as told:
    solution.call("large")
assert len(told.value.message) == 8000
""",
        HOSTILE_PYTHON,
    )

    assert graded.report.verdict is Verdict.PASSED, explain(graded)


async def test_hostile_node_values_are_data_and_break_nothing(grade):
    graded = await grade_one(
        grade,
        """
for name in ("words", "thrown", "nothing", "large"):
    with pytest.raises(SolutionRaised) as told:
        solution.call(name)
    assert len(told.value.message) <= 8000
assert solution.call("sly").type == "object"
assert solution.call("liar") == {"toJSON": 7, "constructor": 5, "then": None}
with pytest.raises(SolutionRaised, match="get"):
    solution.call("trap")
""",
        HOSTILE_NODE,
        stack="node",
    )

    assert graded.report.verdict is Verdict.PASSED, explain(graded)


@pytest.mark.parametrize("stack", ["python", "node"])
async def test_observed_call_tells_what_was_printed_and_the_arguments_afterwards(grade, stack):
    python = """
        import sys
        class Shelf:
            def fill(self, books): books.append("new"); print("filled")
        def sort(books):
            print("sorting", len(books))
            print("careful", file=sys.stderr)
            books.sort()
        def quiet(books): return sorted(books)
        """
    node = """
        export class Shelf { fill(books) { books.push("new"); console.log("filled"); } }
        export const sort = (books) => {
          console.log("sorting", books.length);
          console.error("careful");
          books.sort();
        };
        export const quiet = (books) => books.toSorted();
        """
    graded = await grade_one(
        grade,
        """
seen = solution.observe("sort", ["b", "a"])
assert (seen.stdout, seen.stderr) == ("sorting 2\\n", "careful\\n")
assert seen.arguments == (["a", "b"],)
assert not seen.value
seen = solution.observe("quiet", ["b", "a"])
assert (seen.value, seen.stdout, seen.arguments) == (["a", "b"], "", (["b", "a"],))
seen = solution.new("Shelf").observe("fill", [])
assert (seen.stdout, seen.arguments) == ("filled\\n", (["new"],))
""",
        python if stack == "python" else node,
        stack=stack,
    )

    assert graded.report.verdict is Verdict.PASSED, explain(graded)
    first = graded.only.evidence[0]
    written = {"python": "['a', 'b']", "node": '["a", "b"]'}[stack]
    assert first.response.arguments_afterwards == (written,)


async def test_locks_and_tasks_live_through_all_calls_of_a_check(grade):
    graded = await grade_one(
        grade,
        """
desk = solution.new("Desk")
desk.call("begin")
assert [desk.call("ask"), desk.call("ask")] == [1, 2]
assert desk.call("finish") == "done"
""",
        """
        import asyncio

        class Desk:
            def __init__(self):
                self.lock, self.asked = asyncio.Lock(), 0
            async def begin(self):
                self.go = asyncio.Event()
                self.task = asyncio.create_task(self.work())
                await self.lock.acquire()
            async def work(self):
                await self.go.wait()
                return "done"
            async def ask(self):
                waiter = asyncio.create_task(self.lock.acquire())
                await asyncio.sleep(0)
                self.lock.release()
                await waiter
                self.asked += 1
                return self.asked
            async def finish(self):
                self.go.set()
                return await self.task
        """,
    )

    assert graded.report.verdict is Verdict.PASSED, explain(graded)


async def test_evidence_writes_values_as_the_learners_language_does_and_stays_json(grade):
    values = "[(1,), {1: None}, {'a'}, float('nan'), Fraction(1, 2)]"
    graded = await grade_one(grade, f"solution.call('f', {values})", "def f(value): return value\n")

    (call,) = graded.only.evidence
    written = "[(1,), {1: None}, {'a'}, float('nan'), Fraction(1, 2)]"
    assert call.response.written == written
    assert call.request.written == (written,)
    assert call.title == f"f({written})"
    assert call.response.value == [
        *([1], {"1": None}, ["a"]),
        {"$not_json": "float", "repr": "float('nan')"},
        {"$not_json": "Fraction", "repr": "Fraction(1, 2)"},
    ]


@pytest.mark.parametrize(
    ("returned", "expected", "got", "why"),
    [
        ("(1, 2)", "[1, 2]", "(1, 2)", "This is a tuple, where a list is expected."),
        ("[(1,), [2]]", "[[1], [2]]", "[(1,), [2]]", "[0] is a tuple, where a list is expected."),
        ("{'1': 2}", "{1: 2}", "{'1': 2}", "The key '1' is a str, where an int is expected."),
        ("'1'", "1", "'1'", "This is a str, where an int is expected."),
        ("{1}", "[1]", "{1}", "This is a set, where a list is expected."),
        ("[1, 3]", "[1, 2]", "[1, 3]", ""),
        ("[1.0]", "exactly([1])", "[1.0]", "[0] is a float, where an int is expected."),
        ("True", "exactly(1)", "True", "This is a bool, where an int is expected."),
    ],
)
async def test_sides_that_differ_by_type_only_are_shown_with_a_word_why(
    grade, returned, expected, got, why
):
    graded = await grade_one(
        grade, f"assert solution.call('f') == {expected}, 'No'", f"def f(): return {returned}\n"
    )

    assert graded.only.outcome is Outcome.FAILED
    assert graded.only.got == (f"{got}\n\n{why}" if why else got)
    assert graded.only.expected == expected.removeprefix("exactly(").rstrip(")")


async def test_exactly_tells_apart_what_python_takes_for_equal(grade):
    graded = await grade_one(
        grade,
        """
alike = [1, [True, {"a": (0.5, None)}, {2}], float("nan"), Instance("A", b=1)]
assert exactly(alike) == [1, [True, {"a": (0.5, None)}, {2}], float("nan"), Instance("A", b=1)]
for one, other in ((1, 1.0), (1, True), ([0], [False]), ({1: 2}, {True: 2}), ({1}, {1.0}),
                   ({"a": 1}, {"a": 1.0}), (0.0, -0.0), (BigInt(1), 1)):
    assert one == other and exactly(one) != other and exactly(other) != one
""",
        "",
    )

    assert graded.report.verdict is Verdict.PASSED, explain(graded)
