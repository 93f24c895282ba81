"""What goes into a call comes out the same, and what comes back is what the language has."""

from milepost.engine import Limits, Verdict

PATIENT = Limits(wall_seconds=60, run_seconds=20)
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
