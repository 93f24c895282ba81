"""Lessons and briefs become HTML that is safe, whatever they hold."""

import re

import pytest

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
