"""Lessons and briefs become HTML that is safe, whatever they hold."""

import re

import pytest

from milepost.web.rendering.code_blocks import Manner
from milepost.web.rendering.markdown import render_markdown


def render(text, **symbols):
    return render_markdown(text, find_source=lambda name: symbols.get(name.replace(".", "_")))


def test_the_first_heading_is_the_title_and_the_rest_move_beneath_it():
    document = render("# A *title* of `code`\n\n## Part\n\n### Detail\n")

    assert document.title == "A title of code"
    assert document.body.startswith("<h2>Part</h2>")
    assert "<h3>Detail</h3>" in document.body


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[a](javascript:alert(1))",
        "[a](data:text/html;base64,PHNjcmlwdD4=)",
        '[a](https://example.org "onmouseover=alert(1)")',
        "```html\n<script>alert(1)</script>\n```",
        "```<script>\nx\n```",
    ],
)
def test_nothing_that_runs_comes_through(text):
    body = render(text).body

    assert "<script" not in body
    assert "<img" not in body
    assert 'href="javascript' not in body
    assert 'href="data' not in body


def test_links_to_labs_and_sources_become_addresses():
    body = render("[the lab](lab:adding) and [the code](source:a.b)", a_b="/source/a/b.py#L3").body

    assert '<a href="/labs/adding"' in body
    assert '<a href="/source/a/b.py#L3"' in body


def test_a_link_to_a_symbol_that_is_gone_leaves_its_words():
    assert render("See [the `code`](source:gone) here.").body == (
        "<p>See the <code>code</code> here.</p>\n"
    )


def test_code_is_coloured_by_classes_alone():
    body = render("```python\ndef f(): ...\n```").body

    assert '<span class="tok-k">def</span>' in body
    assert "style=" not in body


TWINS = "```python\n1\n```\n\n```javascript\n2\n```\n\n```text\n3\n```\n"
A_PART = re.compile(r'<div class="(example|code|output)"|<p class="code-name">(.*?)</p>|(\d)\n')


def parts(text, **manner):
    """The outline of its examples: what opens, what it is called, and the digits in it."""
    shown = render_markdown(text, find_source=lambda _: None, examples=Manner(**manner))
    return [
        "".join(found) for found in A_PART.findall(re.sub(r"</?(span|code)[^>]*>", "", shown.body))
    ]


def test_an_example_in_two_languages_is_one_with_what_it_prints():
    assert parts(TWINS) == [
        *("example", "code", "Python", "1", "code", "JavaScript", "2", "output", "Output", "3"),
    ]


@pytest.mark.parametrize(
    ("first", "shown"),
    [("javascript", ["2", "1", "3"]), ("go", ["1", "2", "3"]), (None, ["1", "2", "3"])],
)
def test_the_language_asked_for_stands_first_where_it_is_there(first, shown):
    assert [part for part in parts(TWINS, first=first) if part.isdigit()] == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("```python\n1\n```\n\nThen:\n\n```text\n2\n```", ["code", "Python", "1", "code", "2"]),
        ("```python\n1\n```\n\n```python\n2\n```", ["code", "Python", "1", "code", "Python", "2"]),
        ("```json\n1\n```\n\n```text\n2\n```", ["code", "JSON", "1", "code", "2"]),
        ("```\n1\n```\n\n```walrus\n2\n```", ["code", "1", "code", "2"]),
        ("> ```text\n> 1\n> ```\n\n```sql\n2\n```", ["code", "1", "code", "SQL", "2"]),
    ],
    ids=["prose between", "one language twice", "data", "unnamed", "in a quotation"],
)
def test_other_blocks_stand_for_themselves(text, shown):
    found = parts(text)

    assert [part for part in found if part != "example"] == shown
    assert found.count("example") == 2


def test_programs_can_be_run_unless_their_author_says_otherwise():
    text = (
        "```python\n1\n```\n\n```javascript no-run\n2\n```\n\n```go\n3\n```\n\n"
        "> ```python\n> 4\n> ```\n"
    )
    shown = render_markdown(
        text,
        find_source=lambda _: None,
        examples=Manner(runnable=["python", "javascript"]),
    )

    assert re.findall(r'data-language="(\w+)"( data-run)?', shown.body) == [
        ("python", " data-run"),
        ("javascript", ""),
        ("go", ""),
        ("python", ""),
    ]
    assert "data-run" not in render(text).body


def test_tables_can_be_scrolled_by_keyboard_and_empty_headings_are_cells():
    body = render("| | b |\n|---|---|\n| 1 | 2 |\n").body

    assert 'tabindex="0"' in body
    assert '<th scope="col">b</th>' in body
    assert body.count("<th") - body.count("<thead") == 1


def test_each_cell_tells_its_columns_heading_where_rows_are_shown_as_cards():
    body = render("| | the `b` |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n\n| c |\n|---|\n| 5 |\n").body

    assert re.findall(r"<td[^>]*>\d", body) == [
        "<td>1",
        '<td data-label="the b">2',
        "<td>3",
        '<td data-label="the b">4',
        '<td data-label="c">5',
    ]


def test_a_question_to_recall_holds_its_answer_back_until_it_is_opened():
    body = render(
        "Text.\n\n## Recall\n\n**What is `1 + 1`?**\n\n> It is `2`.\n>\n> ```text\n> 2\n> ```\n\n"
        "**And 2 + 2?**\n\n> [Four](lab:adding).\n"
    ).body

    first, second = re.findall(r'<details class="recall">(.*?)</details>', body, re.DOTALL)
    assert "<summary>What is <code>1 + 1</code>?</summary>" in first
    assert "<p>It is <code>2</code>.</p>" in first
    assert "2\n</code></pre>" in first
    assert '<summary>And 2 + 2?</summary>\n<p><a href="/labs/adding"' in second
    assert "<blockquote>" not in body


@pytest.mark.parametrize(
    "text",
    [
        "## Try it\n\n**What is it?**\n\n> That.",
        "## Recall\n\n**What** is it?\n\n> That.",
        "## Recall\n\n**What** is **it?**\n\n> That.",
        "## Recall\n\n**What is it?**\n\nThat.",
        "## Recall\n\n> **What is it?**\n>\n> > That.",
        "## Recall\n\nThese.\n\n## Notes\n\n**What is it?**\n\n> That.",
    ],
)
def test_what_is_no_question_with_an_answer_is_shown_as_it_is(text):
    body = render(text).body

    assert "<details" not in body
    assert "<strong>" in body
    assert "That." in body
