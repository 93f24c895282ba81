"""The learner's files as syntax, for what a brief says about how something is written."""

import pytest

from milepost.engine import Verdict

RULES = """
    @check(task="t", objectives=["o"])
    def test_it(source):
        {body}
"""
PYTHON = {
    "main.py": """
        import os.path, json as j
        from tools.sorting import arrange

        # sorted() stands in a comment
        TEXT = "sorted(x)"

        def order(books):
            books.sort()
            for _ in books:
                pass
            return sorted(
                books, key=str
            )
        """,
    "tools/sorting.py": "from . import more\ndef arrange(x): return list.sort(x)\n",
    "notes.txt": "sorted(x)",
}
NODE = {
    "main.mjs": """
        import { readFileSync } from "node:fs";
        import lodash from "lodash";
        const os = require("node:os");
        // books.sort()
        export const order = (books) => {
          const copy = books.slice().sort();
          return new Set(copy);
        };
        """
}


async def grade_rules(grade, body, files, stack="python"):
    lines = "\n        ".join(body.strip().splitlines())
    graded = await grade(RULES.format(body=lines), files, stack=stack)
    assert graded.report.verdict is Verdict.PASSED, graded.only.detail


async def test_calls_are_found_by_name_where_they_are_made_and_not_where_they_are_mentioned(grade):
    await grade_rules(
        grade,
        """
assert source.files == ["main.py", "tools/sorting.py"]
assert [str(place) for place in source.calls("sorted")] == ["main.py:12"]
assert [str(place) for place in source.calls("sort")] == ["main.py:9", "tools/sorting.py:2"]
assert [place.text for place in source.calls("list.sort")] == ["list.sort(x)"]
assert source.calls("sort", file="main.py")[0].text == "books.sort()"
assert source.calls("arrange") == []
""",
        PYTHON,
    )


async def test_imports_and_whatever_a_query_asks_for_are_found(grade):
    await grade_rules(
        grade,
        """
assert source.imports() == {"os.path", "json", "tools.sorting", "."}
assert [place.line for place in source.find("(for_statement) @loop")] == [10]
assert "comment" in source.text("main.py")
with pytest.raises(KeyError):
    source.text("notes.txt")
""",
        PYTHON,
    )


async def test_javascript_is_read_the_same_way(grade):
    await grade_rules(
        grade,
        """
assert [place.text for place in source.calls("sort")] == ["books.slice().sort()"]
assert [place.line for place in source.calls("Set")] == [8]
assert source.imports() == {"node:fs", "lodash", "node:os"}
assert len(source.find("(arrow_function) @f")) == 1
""",
        NODE,
        stack="node",
    )


async def test_go_and_sql_are_read_the_same_way_whatever_stack_runs(grade):
    await grade_rules(
        grade,
        """
assert source.files == ["main.py", "count.go", "top.sql"]
assert [str(place) for place in source.calls("Fields", file="count.go")] == ["count.go:7"]
assert [place.text for place in source.calls("len")] == ["len(strings.Fields(text))"]
assert source.find("(lambda) @is_python") == []
assert source.imports(file="count.go") == {"os", "strings"}
assert [place.file for place in source.find("(statement) @one", file="top.sql")] == ["top.sql"]
""",
        {
            "main.py": "",
            "count.go": """
                package main

                import "os"
                import "strings"

                func CountWords(text string) int { return len(strings.Fields(text)) }
                """,
            "top.sql": "SELECT name FROM lamps ORDER BY price;",
        },
    )


@pytest.mark.parametrize(
    "files",
    [
        {"main.py": "def broken(:\n    sorted(x)\n"},
        {"main.py": "(" * 20_000 + "sorted(x)"},
        {"main.py": "\0\ufffd sorted(x)\n"},
    ],
    ids=["no-syntax", "deep", "no-text"],
)
async def test_file_that_is_no_python_is_looked_into_as_far_as_it_can_be(grade, files):
    await grade_rules(grade, 'assert len(source.calls("sorted")) <= 1', files)
