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
    found = [each for entry in reader.read_tables("equivalent") for each in _read_entry(entry)]
    reader.refuse_others()
    return tuple(found)


def _read_entry(reader: TableReader) -> list[Equivalent]:
    """Read one line, and what it may become: a text, or several that have one reason."""
    becomes = reader.read("becomes")
    changed = [becomes] if isinstance(becomes, str) else becomes
    if not isinstance(changed, list) or not all(isinstance(line, str) for line in changed):
        reader.complain(
            "`becomes` is missing or not a text, nor a list of texts. It is the line with the"
            " change in it."
        )
        changed = []
    file = reader.read_text("file", "the changed file, such as solutions/python/count.py")
    was = _on_one_line(reader.read_text("was", "the line as it is"))
    reason = reader.read_text("reason", "why nobody could tell the two apart")
    reader.refuse_others()
    return [Equivalent(file, was, _on_one_line(line), reason) for line in changed]


def _on_one_line(text: str) -> str:
    return " ".join(text.split())
