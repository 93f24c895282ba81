"""Reads TOML tables field by field and collects a sentence for each thing that is wrong.

Which fields a lab has is known in `manifest` and `answers`.
A reader never raises for bad content: it answers an empty value and remembers the problem.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

_SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
LONGEST_SLUG = 60


def parse_toml(content: bytes, where: str, problems: list[str]) -> dict[str, Any] | None:
    """Parse a TOML file; None, with one problem, where it cannot be parsed."""
    try:
        return tomllib.loads(content.decode("utf-8"))
    except UnicodeDecodeError:
        problems.append(f"{where} is not UTF-8 text. Save it as UTF-8.")
    except tomllib.TOMLDecodeError as error:
        problems.append(f"{where} is not TOML: {error}. Fix that line.")
    except RecursionError:
        problems.append(f"{where} is nested too deeply to be read. Flatten it.")
    return None


class TableReader:
    """One table of a TOML file, with the place that problems are reported for."""

    def __init__(self, table: Mapping[str, Any], where: str, problems: list[str]) -> None:
        self.table = table
        self.where = where
        self.problems = problems
        self._asked: set[str] = set()

    def complain(self, sentence: str) -> None:
        """Remember a problem of this table."""
        self.problems.append(f"{self.where}: {sentence}")

    def read(self, field: str) -> Any:
        """Return a field as it is, or None."""
        self._asked.add(field)
        return self.table.get(field)

    def read_text(self, field: str, purpose: str) -> str:
        """Return a text that must not be empty. `purpose` completes "It is …"."""
        value = self.read(field)
        if isinstance(value, str) and value.strip():
            return value.strip()
        self.complain(f"`{field}` is missing or not a text. It is {purpose}.")
        return ""

    def read_verbatim(self, field: str, purpose: str, *, may_be_empty: bool = False) -> str | None:
        """Return a text as it is, with its spaces and line breaks; None where there is none."""
        value = self.read(field)
        if isinstance(value, str) and (value or may_be_empty):
            return value
        state = "empty" if value == "" else "missing or not a text"
        self.complain(f"`{field}` is {state}. It is {purpose}.")
        return None

    def read_slug(self, field: str) -> str:
        """Return a name made of small letters, digits and single hyphens."""
        value = self.read(field)
        if isinstance(value, str) and is_slug(value):
            return value
        self.complain(
            f"`{field}` is {value!r}. Use small letters, digits and single hyphens,"
            f" beginning with a letter, at most {LONGEST_SLUG} characters."
        )
        return ""

    def read_integer(self, field: str, lowest: int, highest: int) -> int:
        """Return a whole number in a range."""
        value = self.read(field)
        if isinstance(value, int) and not isinstance(value, bool) and lowest <= value <= highest:
            return value
        self.complain(f"`{field}` is {value!r}. Give a whole number from {lowest} to {highest}.")
        return lowest

    def read_choice(self, field: str, choices: Sequence[str]) -> str:
        """Return one of a few words."""
        value = self.read(field)
        if value in choices:
            return str(value)
        self.complain(f"`{field}` is {value!r}. Choose one of {', '.join(choices)}.")
        return choices[0]

    def read_choice_of_two(self, field: str) -> bool | None:
        """Return true or false, or None where nothing is said."""
        value = self.read(field)
        if value is None or isinstance(value, bool):
            return value
        self.complain(f"`{field}` is {value!r}. Write true or false, or leave it out.")
        return None

    def read_texts(self, field: str, *, may_be_empty: bool = False) -> tuple[str, ...]:
        """Return a list of different texts."""
        value = self.read(field)
        if value is None and may_be_empty:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.complain(f'`{field}` is missing or not a list of texts. Write {field} = ["…"].')
            return ()
        if not value and not may_be_empty:
            self.complain(f"`{field}` is empty. Name at least one.")
        if len(set(value)) != len(value):
            self.complain(f"`{field}` names something twice. Name each once.")
        return tuple(dict.fromkeys(value))

    def read_table(self, field: str) -> "TableReader":
        """Return a table inside this one, empty where it is missing."""
        value = self.read(field)
        if value is not None and not isinstance(value, dict):
            self.complain(f"`{field}` is not a table. Begin it with [{field}].")
        return TableReader(
            value if isinstance(value, dict) else {}, f"{self.where}, [{field}]", self.problems
        )

    def read_tables(self, field: str) -> list["TableReader"]:
        """Return a list of tables."""
        value = self.read(field)
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            if value is not None:
                self.complain(f"`{field}` is not a list of tables. Begin each with [[{field}]].")
            return []
        return [
            TableReader(item, f"{self.where}, [[{field}]] {number}", self.problems)
            for number, item in enumerate(value, start=1)
        ]

    def refuse_others(self) -> None:
        """Complain about fields that nobody asked for: mostly slips of the pen."""
        for field in self.table:
            if field not in self._asked:
                self.complain(f"`{field}` is not a field here. Remove it, or fix its spelling.")


def is_slug(value: str) -> bool:
    """Tell whether a text can be a slug."""
    return len(value) <= LONGEST_SLUG and _SLUG.fullmatch(value) is not None
