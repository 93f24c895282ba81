"""Applies the edits of a flaw (`[[edit]]` in `flawed/<name>.toml`) to the solution that it spoils.

What else a flaw says is read in `answers`.
An edit fits exactly once or is refused with a sentence, so a solution that changes says which of
its flaws have to follow; nothing is ever guessed.
"""

import difflib
from collections.abc import Iterator, Mapping

from milepost.labs.model import Solution
from milepost.labs.names import find_path_problem
from milepost.labs.tables import TableReader

_KINDS = ("file", "delete", "add")
_SHOWN = 120
_LINES_NAMED = 5


class EditedSolution:
    """The files of a solution while edits are applied to them, one after the other."""

    def __init__(self, solution: Solution) -> None:
        self._original = solution.files
        self._where = f"solutions/{solution.name}"
        self.files: dict[str, bytes] = dict(solution.files)

    @property
    def is_changed(self) -> bool:
        """Tell whether the edits so far made any difference."""
        return self.files != self._original

    def apply(self, edit: TableReader) -> None:
        """Apply one edit, or add a sentence that says why it does not fit."""
        kinds = [kind for kind in _KINDS if kind in edit.table]
        if len(kinds) != 1:
            edit.complain(
                "it is not clear what is done. Give `file` with `find` and `replace`, or `delete`"
                " with the name of a file, or `add` with `content`."
            )
            return
        {"file": self._replace, "delete": self._delete, "add": self._add}[kinds[0]](edit)
        edit.refuse_others()

    def _replace(self, edit: TableReader) -> None:
        name = edit.read_text("file", "the file of the solution that is changed")
        find = edit.read_verbatim("find", "the lines that are replaced")
        replacement = edit.read_verbatim("replace", "what stands there instead", may_be_empty=True)
        text = self._read(edit, name)
        if not find or text is None or replacement is None:
            return
        if find == replacement:
            edit.complain("`find` and `replace` are the same, so nothing is changed.")
        elif problem := self._find_misfit(name, text, find, replacement):
            edit.complain(problem)
        else:
            self.files[name] = text.replace(find, replacement).encode("utf-8")

    def _delete(self, edit: TableReader) -> None:
        name = edit.read_text("delete", "the file of the solution that is left out")
        if name and name not in self.files:
            edit.complain(self._say_missing(name))
        self.files.pop(name, None)

    def _add(self, edit: TableReader) -> None:
        name = edit.read_text("add", "the name of a file that the solution lacks")
        content = edit.read_verbatim("content", "the whole of that file", may_be_empty=True)
        if not name or content is None:
            return
        if name in self.files:
            edit.complain(
                f"{self._where} has {name} already. Change it with `file`, `find` and `replace`,"
                " or `delete` it first."
            )
        elif problem := find_path_problem(name):
            edit.complain(problem)
        else:
            self.files[name] = content.encode("utf-8")

    def _read(self, edit: TableReader, name: str) -> str | None:
        if name not in self.files:
            if name:
                edit.complain(self._say_missing(name))
            return None
        try:
            return self.files[name].decode("utf-8")
        except UnicodeDecodeError:
            edit.complain(f"{self._where}/{name} is not UTF-8 text, so no edit can change it.")
            return None

    def _say_missing(self, name: str) -> str:
        files = ", ".join(sorted(self.files))
        return f"{self._where} has no file {name!r}. It has {files or 'none any more'}."

    def _find_misfit(self, name: str, text: str, find: str, replacement: str) -> str | None:
        """Say why `find` is not in the file exactly once, and what to do; None where it is."""
        file = f"{self._where}/{name}"
        if "\r\n" in text and "\n" in find + replacement:
            return (
                f"{file} ends its lines with CRLF, as Windows does, and TOML with LF, so a text of"
                " several lines can't fit. Save the file with LF."
            )
        lines = list(_list_lines_of(find, text))
        if len(lines) > 1:
            named = ", ".join(map(str, lines[:_LINES_NAMED]))
            more = ", …" if len(lines) > _LINES_NAMED else ""
            return (
                f"`find` is in {file} {len(lines)} times (from line {named}{more}). Take more of"
                " what stands around it into both texts, so that it is found once."
            )
        if lines:
            return None
        if find in _decode(self._original, name):
            return (
                f"`find` is in {file}, but an earlier edit of this flaw has changed that place."
                " Edits are applied in order: make one of the two."
            )
        return f"`find` is not in {file}. {_explain_absence(find, text)}"


def _list_lines_of(find: str, text: str) -> Iterator[int]:
    """List the lines at which a text begins, also where it overlaps with itself."""
    at = text.find(find)
    while at >= 0:
        yield text.count("\n", 0, at) + 1
        at = text.find(find, at + 1)


def _decode(files: Mapping[str, bytes], name: str) -> str:
    return files.get(name, b"").decode("utf-8", errors="replace")


def _explain_absence(find: str, text: str) -> str:
    """Say what in the file is nearest to a text that is not in it."""
    wanted, lines = _strip_lines(find.strip("\n")), _strip_lines(text)
    for at in range(len(lines) - len(wanted) + 1):
        if lines[at : at + len(wanted)] == wanted:
            return (
                f"Only spaces or line breaks differ from what stands at line {at + 1}. Copy it from"
                " there, its indentation included."
            )
    strange = next((line for line in wanted if not any(line in each for each in lines)), None)
    if strange is None:
        return "Each of its lines is there, but not one right after the other. Copy them together."
    nearest = max(lines, key=lambda line: difflib.SequenceMatcher(None, strange, line).ratio())
    return (
        f"It has no `{strange[:_SHOWN]}`; nearest is line {lines.index(nearest) + 1}:"
        f" `{nearest[:_SHOWN]}`. Copy what is there now, or change what the flaw does."
    )


def _strip_lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n")]
