"""What a learner's code prints is shown without acting on the page or on the reader's eyes."""

import pytest
from markupsafe import escape

from milepost.web.rendering.environment import get_environment
from milepost.web.rendering.plain_text import to_plain_text


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("plain, é and 漢\n\ttoo", "plain, é and 漢\n\ttoo"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07after", "after"),
        ("a\x00b\x07", "a␀b␇"),
        ("one\r\ntwo", "one␍\ntwo"),
        ("user\u202egpj.exe", "user⟨U+202E⟩gpj.exe"),
        ("zero\u200bwidth", "zero⟨U+200B⟩width"),
    ],
)
def test_codes_are_dropped_and_hidden_characters_are_shown(raw, shown):
    assert to_plain_text(raw) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ('GET / HTTP/1.1" 200\r\n', '"GET / HTTP/1.1\\" 200\\r\\n"'),
        (["\x1b[31m", "\u202e", "\x7f"], '["\\u001b[31m", "\\u202e", "\\u007f"]'),
        ({"é": "漢 \U0001f600"}, '{"é": "漢 \U0001f600"}'),
    ],
)
def test_a_value_is_shown_as_it_was_sent_with_what_is_unseen_escaped(value, shown):
    template = get_environment().from_string("{{ value|compact_json|plain|safe }}")

    assert template.render(value=value) == shown


def test_sentences_show_code_spans_and_escape_everything_else():
    template = get_environment().from_string("{{ text|inline }}")

    assert template.render(text="`<b>` is <i>not</i> bold") == (
        "<code>&lt;b&gt;</code> is &lt;i&gt;not&lt;/i&gt; bold"
    )


def test_sentences_show_emphasis_and_leave_every_other_asterisk():
    template = get_environment().from_string("{{ text|inline }}")

    assert template.render(text="It *is* that & `*is*`, 2 * 3 * 4.") == (
        "It <em>is</em> that &amp; <code>*is*</code>, 2 * 3 * 4."
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("filled less than `warn`", "Filled less than `warn`."),
        ("`f(2)` is wrong (see above)", "`f(2)` is wrong (see above)."),
        ('it said "no"', 'It said "no".'),
        ('It said "No."', 'It said "No."'),
        ("Is it baked?", "Is it baked?"),
        ("Done: ", "Done:"),
        ("", ""),
    ],
)
def test_what_follows_a_sentence_is_parted_from_it_by_a_full_stop(text, sentence):
    template = get_environment().from_string("{{ text|sentence }}")

    assert template.render(text=text) == str(escape(sentence))
