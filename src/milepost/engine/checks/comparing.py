"""Comparing values more exactly than `==` does, and telling in words where two sides differ.

`==` is Python's: 1, 1.0 and True are equal, a tuple and a list never are. What a difference means
for the outcome of a check is `judge`.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from milepost.engine.checks.values import BigInt, Instance, Language, Map, Undefined

_PYTHON = {
    bool: "a bool",
    int: "an int",
    float: "a float",
    str: "a str",
    bytes: "bytes",
    list: "a list",
    tuple: "a tuple",
    dict: "a dict",
    set: "a set",
    frozenset: "a frozenset",
    type(None): "None",
}
_JAVASCRIPT = {
    bool: "a boolean",
    BigInt: "a BigInt",
    int: "a number",
    float: "a number",
    str: "a string",
    bytes: "a Buffer",
    list: "an array",
    dict: "an object",
    set: "a Set",
    Map: "a Map",
    Undefined: "undefined",
    type(None): "null",
}
_GO = {
    bool: "a bool",
    int: "an integer",
    float: "a float",
    str: "a string",
    bytes: "a []byte",
    list: "a slice",
    tuple: "several results",
    dict: "a map",
    Instance: "a struct",
    type(None): "nil",
}
_KINDS = {Language.NODE: _JAVASCRIPT, Language.GO: _GO}


class Exactly:
    """A value that is equal only to the same of the same type, at every level."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        """Compare types too: 1, 1.0 and True differ, NaN is the same as NaN, 0.0 not as -0.0."""
        return _is_same(self.value, other.value if isinstance(other, Exactly) else other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        """Return the call that makes such a value, such as `exactly(1)`."""
        return f"exactly({self.value!r})"


def exactly(value: Any) -> Exactly:
    """Make a comparison exact: `exactly(got) == 1` holds for 1, and neither for 1.0 nor True."""
    return Exactly(value)


class Mismatch(AssertionError):
    """Two sides differ: shown as those of a failed `assert got == expected` of a check are."""

    def __init__(self, message: str, got: Any, expected: Any) -> None:
        super().__init__(message)
        self.got = got
        self.expected = expected


def require_equal(got: Any, expected: Any, message: str) -> None:
    """Fail the running check with this sentence, and both sides, unless they are equal.

    A helper outside of a lab's own files uses it: there a plain `assert` is not looked into.
    """
    if not got == expected:
        raise Mismatch(message, got, expected)


def explain_difference(
    got: Any, expected: Any, language: Language | None = None, *, is_exact: bool = False
) -> str | None:
    """Return a sentence on where two sides differ that differ in types only; else None.

    Where their content differs, seeing both sides tells more.
    """
    differences: list[_Difference] = []
    try:
        is_alike = _Likeness(differences, is_exact=is_exact).compare(got, expected, "")
    except Exception:  # noqa: BLE001 - what a check compares may raise when it is compared
        return None
    if not (is_alike and differences):
        return None
    place, one, other = differences[0]
    kinds = _PYTHON if language is None else _KINDS.get(language, _PYTHON)
    return f"{place or 'This'} is {_name(one, kinds)}, where {_name(other, kinds)} is expected."


_Difference = tuple[str, Any, Any]


class _Likeness:
    """Compares two sides as one who reads them does, and notes where their types differ."""

    def __init__(self, differences: list[_Difference], *, is_exact: bool) -> None:
        self._differences = differences
        self._is_exact = is_exact

    def compare(self, one: Any, other: Any, place: str) -> bool:
        """Return whether two values look alike."""
        for kinds, look in (
            ((list, tuple), self._compare_items),
            ((set, frozenset), self._compare_members),
            ((dict, Map, Instance), self._compare_entries),
        ):
            if isinstance(one, kinds) and isinstance(other, kinds):
                if type(one) is not type(other):
                    self._differences.append((place, one, other))
                return look(one, other, place)
        return self._compare_single(one, other, place)

    def _compare_single(self, one: Any, other: Any, place: str) -> bool:
        if type(one) is type(other):
            return _is_same(one, other)
        if one == other:
            is_different = self._is_exact
        else:
            is_different = _reads_alike(one, other) or _reads_alike(other, one)
            if not is_different:
                return False
        if is_different:
            self._differences.append((place, one, other))
        return True

    def _compare_items(self, one: Any, other: Any, place: str) -> bool:
        return len(one) == len(other) and all(
            self.compare(*pair, f"{place}[{at}]")
            for at, pair in enumerate(zip(one, other, strict=True))
        )

    def _compare_members(self, one: Any, other: Any, place: str) -> bool:
        left, right = sorted(one, key=str), sorted(other, key=str)
        return len(left) == len(right) and all(
            self.compare(*pair, f"A member{f' of {place}' if place else ''}")
            for pair in zip(left, right, strict=True)
        )

    def _compare_entries(self, one: Any, other: Any, place: str) -> bool:
        mine, theirs = _list_entries(one), _list_entries(other)
        if mine.keys() != theirs.keys():
            return False
        for text, (key, value) in mine.items():
            its_key, its_value = theirs[text]
            name = f"The key {key!r}{f' of {place}' if place else ''}"
            if not self._compare_single(key, its_key, name):
                return False
            if not self.compare(value, its_value, f"{place}[{key!r}]"):
                return False
        return True


def _list_entries(value: Any) -> dict[str, tuple[Any, Any]]:
    fields = value.fields if isinstance(value, Instance) else value
    pairs = fields.entries if isinstance(fields, Map) else fields.items()
    return {str(key): (key, inner) for key, inner in pairs}


def _reads_alike(one: Any, other: Any) -> bool:
    """Return whether two values of different types read alike, such as "1" and 1."""
    if isinstance(one, Undefined):
        return other is None
    if isinstance(one, bytes) and isinstance(other, str):
        return one.decode(errors="replace") == other
    if isinstance(one, set | frozenset) and isinstance(other, list | tuple):
        return len(one) == len(other) and one == set(other)
    if not isinstance(one, str):
        return False
    is_number = isinstance(other, int | float | Decimal) and not isinstance(other, bool)
    return one == str(other) or (is_number and Decimal(one) == Decimal(str(other)))


def _name(value: Any, kinds: Mapping[type, str]) -> str:
    if isinstance(value, Instance):
        return f"a {value.type}"
    return next(
        (kinds[base] for base in type(value).__mro__ if base in kinds), f"a {type(value).__name__}"
    )


def _is_same(one: Any, other: Any) -> bool:
    if type(one) is not type(other):
        return False
    compare = _SAME.get(type(one))
    return bool(one == other) if compare is None else compare(one, other)


def _is_same_list(one: Any, other: Any) -> bool:
    return len(one) == len(other) and all(map(_is_same, one, other))


def _is_same_dict(one: Mapping[Any, Any], other: Mapping[Any, Any]) -> bool:
    # Keys are found by `==`, so that those found must be the same too.
    keys = {key: key for key in other}
    return len(one) == len(other) and all(
        key in keys and _is_same(key, keys[key]) and _is_same(value, other[key])
        for key, value in one.items()
    )


def _is_same_set(one: Any, other: Any) -> bool:
    return _is_same_dict(dict.fromkeys(one), dict.fromkeys(other))


_SAME: dict[type, Callable[[Any, Any], bool]] = {
    float: lambda one, other: repr(one) == repr(other),
    complex: lambda one, other: repr(one) == repr(other),
    list: _is_same_list,
    tuple: _is_same_list,
    dict: _is_same_dict,
    set: _is_same_set,
    frozenset: _is_same_set,
    Map: lambda one, other: _is_same_list(one.entries, other.entries),
    Instance: lambda one, other: one == other and _is_same_dict(one.fields, other.fields),
}
