"""Carrying: what is sent as a value is none, lies about what it is, or would not end.

Values are all that learner code says to a check. None may run code there, keep it busy, break it,
or be taken for another; and none that an honest answer could be may end the process.
"""

from security.case import Case, crashed, failed
from security.forging import BASKET, NO_TOTAL, RIGHT, RIGHT_NODE, SEND
from security.labs import SOLUTION

TOTAL = "def total(prices):\n"
NOT_PROPER = crashed("test_total", "`total(")

TAGS = tuple(
    Case(
        f"forges {what} in its answer",
        SOLUTION,
        cheat=f"{SEND}{BASKET}{TOTAL}    value = {value}\n"
        "    send(json.dumps({'id': 1, 'value': value}).encode())\n    os._exit(0)\n",
        twin=f"forged = {value}\n{RIGHT}",
        caught=caught,
    )
    for what, value, caught in (
        ("an instance that has no name", "{'instance': [[], {}]}", NOT_PROPER),
        ("a value of another language", "{'undefined': 0}", NO_TOTAL),
        ("a value that would be code", "{'pickle': 'cos.system(S)tR.'}", NO_TOTAL),
        (
            "a set whose members share one hash",
            "{'set': [n * (2**61 - 1) for n in range(99)]}",
            NO_TOTAL,
        ),
        ("a dict without its last value", "{'dict': [1]}", NOT_PROPER),
        ("a range without an end", "{'range': [0, 10**18, 1]}", NOT_PROPER),
        ("a decimal of a billion digits", "{'Decimal': '1e999999999'}", NOT_PROPER),
        ("a number of a million digits", "{'int': 'f' * 10**6}", NOT_PROPER),
        ("bytes that are none", "{'bytes': 'xyz'}", NOT_PROPER),
        ("a day that is none", "{'date': '2026-02-30'}", NOT_PROPER),
    )
)

RAISES = failed("test_total", "`total(")
WORDLESS = "class Wordless(Exception):\n    def __str__(self): raise SystemExit(0)\n"
TRAP = "new Proxy({}, { get() { throw 108; }, ownKeys() { throw 108; } })"
OBJECTS = (
    *(
        Case(
            f"returns {what}",
            SOLUTION,
            cheat=f"{BASKET}{before}{TOTAL}    return {value}\n",
            twin=f"{before}odd = {value}\n{RIGHT}",
            caught=caught,
        )
        for what, before, value, caught in (
            ("an infinity", "", "float('inf')", NO_TOTAL),
            ("a number of a million digits", "", "10 ** 10**6", RAISES),
            ("a list that holds itself", "own = [0]\nown[0] = own\n", "own", RAISES),
            (
                "a list that is larger than any memory once it is written",
                "twice = [0]\nfor _ in range(40): twice = [twice, twice]\n",
                "twice",
                RAISES,
            ),
            (
                "an object whose class says that it is a number",
                "class Fake:\n    __class__ = int\n    def __int__(self): return 108\n",
                "Fake()",
                NO_TOTAL,
            ),
            (
                "a class that takes the name of another",
                "class Fake:\n    def __str__(self): return '108'\n"
                "Fake.__module__, Fake.__qualname__ = 'decimal', 'Decimal'\n",
                "Fake()",
                NO_TOTAL,
            ),
            (
                "an object whose every attribute ends the process",
                "class Trap:\n    def __getattribute__(self, name): raise SystemExit(0)\n",
                "Trap()",
                NO_TOTAL,
            ),
        )
    ),
    Case(
        "raises an error whose words end the process",
        SOLUTION,
        cheat=f"{WORDLESS}{BASKET}{TOTAL}    raise Wordless()\n",
        twin=f"{WORDLESS}error = Wordless()\n{RIGHT}",
        caught=RAISES,
    ),
    Case(
        "throws an error whose stack throws",
        SOLUTION,
        stack="node",
        cheat="class Odd extends Error { get message() { throw 1; } get stack() { throw 1; } }\n"
        "export const total = () => { throw new Odd(); };\n",
        twin=f"class Odd extends Error {{ get message() {{ throw 1; }} }}\n{RIGHT_NODE}",
        caught=RAISES,
    ),
    Case(
        "returns a list of traps",
        SOLUTION,
        stack="node",
        cheat=f"export const total = () => [{TRAP}];\n",
        twin=f"const trap = {TRAP};\n{RIGHT_NODE}",
        caught=NO_TOTAL,
    ),
    Case(
        "returns an object that would be read as a tag",
        SOLUTION,
        stack="node",
        cheat="export const total = (prices) => ({ int: prices.length.toString(16) });\n",
        twin=f'const tag = {{ int: "6c" }};\n{RIGHT_NODE}',
        caught=NO_TOTAL,
    ),
)
CASES = (*TAGS, *OBJECTS)
