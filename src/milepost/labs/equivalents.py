"""Reads `mutants.toml`: why some changes to a right answer leave it right.

Which mutants there are, and whether a reason still speaks of one, is found out by `verification`.
None of this ever leaves for a learner, and its words make no new version of a lab.
"""

from dataclasses import dataclass

from milepost.labs.tables import TableReader, parse_toml

EQUIVALENTS_NAME = "mutants.toml"


@dataclass(frozen=True, slots=True)
class Equivalent:
    """A mutant that no check can see, and why. It is known by its file and its line."""

    file: str  # below the lab's folder
    was: str
    becomes: str
    reason: str

    @property
    def key(self) -> tuple[str, str, str]:
        """Name the change, wherever in the file it now stands."""
        return self.file, self.was, self.becomes


def read_equivalents(content: bytes | None, problems: list[str]) -> tuple[Equivalent, ...]:
    """Read the file, or nothing where a lab has none."""
    if content is None:
        return ()
    table = parse_toml(content, EQUIVALENTS_NAME, problems)
    if table is None:
        return ()
    reader = TableReader(table, EQUIVALENTS_NAME, problems)
    found: dict[tuple[str, str, str], Equivalent] = {}
    for entry in reader.read_tables("equivalent"):
        for each in _read_entry(entry):
            if each.key in found:
                entry.complain(
                    f"`{each.was}` → `{each.becomes}` is explained twice. Once is enough."
                )
            found[each.key] = each
    reader.refuse_others()
    return tuple(found.values())


def _read_entry(reader: TableReader) -> list[Equivalent]:
    """Read one reason, and the changes that it is the reason for."""
    reason = reader.read_text("reason", "why nobody could tell such a change from the right answer")
    text = reader.read_text("changes", "what is changed, as `labs verify` lists what is not caught")
    reader.refuse_others()
    reading = _ChangesReading(reader, reason)
    for number, line in enumerate(text.splitlines(), start=1):
        reading.read_line(number, line.strip())
    reading.finish()
    return reading.found


class _ChangesReading:
    """One reading of changes: a file, then a line as it is (`-`) and what it becomes (`+`)."""

    def __init__(self, reader: TableReader, reason: str) -> None:
        self._reader = reader
        self._reason = reason
        self._file = ""
        self._was = ""
        self._is_open = False  # what was named last lacks its change
        self.found: list[Equivalent] = []

    def read_line(self, number: int, line: str) -> None:
        """Read one line; one that says nothing is passed over."""
        sign, rest = line[:1], _on_one_line(line[1:])
        if sign == "+" and self._was:
            self.found.append(Equivalent(self._file, self._was, rest, self._reason))
            self._is_open = False
        elif sign == "-" and self._file and rest:
            if self._was:
                self.finish()
            self._was, self._is_open = rest, True
        elif line.startswith("solutions/"):
            self.finish()
            self._file, self._was, self._is_open = line, "", True
        elif line:
            self._reader.complain(
                f"line {number} of `changes` is {line!r}. First name a file, such as"
                " solutions/python/count.py, then a line of it after `-`, then what it becomes"
                " after `+`."
            )

    def finish(self) -> None:
        """Complain about what was named and is not changed."""
        if self._is_open:
            named = f"`{self._was}`" if self._was else self._file
            self._reader.complain(f"`changes` names {named} and no change of it. Add a line `+ …`.")
        self._is_open = False


def _on_one_line(text: str) -> str:
    return " ".join(text.split())
