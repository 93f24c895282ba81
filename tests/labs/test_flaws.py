"""A flaw is an edit of a solution: applied when a lab is loaded, refused where it does not fit."""

import pytest

from milepost.labs import LabInvalid, load_lab

BOOK = "def title():\n    return 1\n\n\ndef pages():\n    return 1\n"


def flaw_of(lab, name="no-guard"):
    return next(flaw for flaw in load_lab(lab.folder).flawed() if flaw.name == name)


def problem_of(lab):
    with pytest.raises(LabInvalid) as caught:
        load_lab(lab.folder)
    [problem] = caught.value.problems
    return problem


def edit(**fields):
    lines = [f"{name} = '''{value}'''" for name, value in fields.items()]
    return "\n".join(["[[edit]]", *lines, ""])


def test_an_edited_flaw_has_the_same_files_and_facts_as_a_whole_one(lab):
    whole = load_lab(lab.folder).flawed()

    edited = load_lab(lab.write_edited_flaw().folder).flawed()

    assert [flaw.files for flaw in edited] == [flaw.files for flaw in whole]
    assert edited[0].declared_in == "flawed/no-guard.toml"
    assert whole[0].declared_in == "flawed/no-guard/flaw.toml"
    for fact in ("name", "title", "misconception", "fails", "lacks", "stack"):
        assert getattr(edited[0], fact) == getattr(whole[0], fact)


def test_a_flaw_that_becomes_an_edit_makes_no_new_version_of_its_lab(lab):
    before = load_lab(lab.folder).content_hash

    assert load_lab(lab.write_edited_flaw().folder).content_hash == before


def test_what_learners_are_told_makes_a_new_version_and_an_edit_does_not(lab):
    lab.write_edited_flaw().replace(
        "flawed/no-guard.toml", '"You greet before', '"""\n[[edit]]\nYou greet before'
    ).replace("flawed/no-guard.toml", 'anybody."', 'anybody."""')
    before = load_lab(lab.folder).content_hash

    lab.replace("flawed/no-guard.toml", """'return f"Hello, {name}."'""", "'return name'")
    assert load_lab(lab.folder).content_hash == before

    lab.replace("flawed/no-guard.toml", "You greet before", "You shout before")
    assert load_lab(lab.folder).content_hash != before


def test_edits_are_applied_in_order_over_several_lines_and_files(lab):
    lab.write("solutions/python/book.py", BOOK)
    lab.write_edited_flaw(
        edit(file="book.py", find="def title():\n    return 1\n", replace="")
        + edit(file="book.py", find="return 1", replace="return 2")
        + edit(add="shelf.py", content="import book\n")
        + edit(delete="greeting.py")
    )

    assert flaw_of(lab).files == {
        "book.py": b"\n\ndef pages():\n    return 2\n",
        "shelf.py": b"import book\n",
    }


def test_a_deleted_file_may_be_added_anew(lab):
    lab.write_edited_flaw(edit(delete="greeting.py") + edit(add="greeting.py", content="x = 1\n"))

    assert flaw_of(lab).files == {"greeting.py": b"x = 1\n"}


MISFITS = {
    "nothing alike": (
        edit(file="book.py", find="return pages", replace="return 2"),
        "is not in solutions/python/book.py. It has no `return pages`; nearest is line 2: `ret",
    ),
    "found twice": (
        edit(file="book.py", find="return 1", replace="return 2"),
        "[[edit]] 1: `find` is in solutions/python/book.py 2 times (from line 2, 6). Take more of",
    ),
    "another indentation": (
        edit(file="book.py", find="def title():\n  return 1\n", replace=""),
        "Only spaces or line breaks differ from what stands at line 1.",
    ),
    "lines apart": (
        edit(file="book.py", find="def title():\ndef pages():\n", replace=""),
        "Each of its lines is there, but not one right after the other.",
    ),
    "changed before": (
        edit(file="book.py", find="title():", replace="name():")
        + edit(file="book.py", find="def title", replace="def name"),
        "[[edit]] 2: `find` is in solutions/python/book.py, but an earlier edit of this flaw",
    ),
    "no such file": (
        edit(file="books.py", find="x", replace="y"),
        "[[edit]] 1: solutions/python has no file 'books.py'. It has book.py, greeting.py.",
    ),
    "nothing to delete": (edit(delete="books.py"), "solutions/python has no file 'books.py'."),
    "added over another": (
        edit(add="book.py", content=""),
        "solutions/python has book.py already. Change it with `file`, `find` and `replace`",
    ),
    "added outside": (edit(add="../book.py", content=""), "'../book.py'"),
    "no change": (edit(file="book.py", find="title", replace="title"), "are the same"),
    "nothing to find": (edit(file="book.py", find="", replace="x"), "`find` is empty."),
    "no replacement": (edit(file="book.py", find="title"), "`replace` is missing or not a text."),
    "no content": (edit(add="shelf.py"), "`content` is missing or not a text."),
    "nothing at all": (edit(find="title", replace="name"), "it is not clear what is done."),
    "two things": (edit(delete="book.py", add="x.py"), "it is not clear what is done."),
    "a slip": (edit(delete="book.py", replace=""), "`replace` is not a field here."),
    "undone": (
        edit(file="book.py", find="title", replace="name")
        + edit(file="book.py", find="name", replace="title"),
        "flawed/no-guard.toml: its edits undo each other",
    ),
    "no edit": ("", "flawed/no-guard.toml: there is no [[edit]], so nothing is flawed."),
}


@pytest.mark.parametrize("misfit", MISFITS)
def test_an_edit_that_does_not_fit_is_refused_with_what_to_do(misfit, lab):
    edits, sentence = MISFITS[misfit]
    lab.write("solutions/python/book.py", BOOK).write_edited_flaw(edits)

    problem = problem_of(lab)

    assert problem.startswith("flawed/no-guard.toml")
    assert sentence in problem


def test_a_file_with_windows_line_ends_is_named_and_one_line_still_fits(lab):
    file = lab.folder / "solutions" / "python" / "book.py"
    file.write_bytes(BOOK.replace("\n", "\r\n").encode())
    lab.write_edited_flaw(edit(file="book.py", find="def title", replace="def name"))
    assert flaw_of(lab).files["book.py"].startswith(b"def name():\r\n")

    lab.replace("flawed/no-guard.toml", "def title", "title():\n    return")
    with pytest.raises(LabInvalid, match="ends its lines with CRLF"):
        load_lab(lab.folder)


def test_a_file_that_is_no_text_is_named(lab):
    (lab.folder / "solutions" / "python" / "logo.png").write_bytes(b"\xff\xfe")
    lab.write_edited_flaw(edit(file="logo.png", find="a", replace="b"))

    assert "solutions/python/logo.png is not UTF-8 text" in problem_of(lab)


def test_a_flaw_has_one_of_two_forms(lab):
    lab.write("flawed/no-guard.toml", "")
    with pytest.raises(LabInvalid, match=r"no-guard.toml and flawed/no-guard/ are two flaws"):
        load_lab(lab.folder)


def test_edits_beside_whole_files_are_refused(lab):
    told = (lab.folder / "flawed/no-guard/flaw.toml").read_text()
    lab.write("flawed/no-guard/flaw.toml", told + edit(delete="greeting.py"))

    assert "edits stand in a file without a folder" in problem_of(lab)


@pytest.mark.parametrize("path", ["flawed/No Guard.toml", "flawed/notes.md"])
def test_what_is_no_flaw_is_named_with_both_forms(path, lab):
    lab.write(path, "")

    assert problem_of(lab) == (
        f"{path} is no flaw. One is a file flawed/<name>.toml, or a folder flawed/<name>/,"
        " the name in small letters, digits and hyphens."
    )


def test_a_flaw_may_be_called_flaw(lab):
    lab.write_edited_flaw()
    (lab.folder / "flawed/no-guard.toml").rename(lab.folder / "flawed/flaw.toml")

    assert flaw_of(lab, "flaw").files["greeting.py"].endswith(b'return f"Hello, {name}."\n')
