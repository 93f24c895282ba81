"""The template environment: one Jinja2 environment for all pages, with the filters they may use.

Which template a route renders is the route's business. Invariant: autoescape is always on, and an
undefined name is an error, never an empty space on a page.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from milepost import __version__
from milepost.engine.stacks.descriptions import name_stack
from milepost.web.rendering import words
from milepost.web.rendering.bodies import show_body
from milepost.web.rendering.differences import compare_texts
from milepost.web.rendering.excerpts import take_excerpt
from milepost.web.rendering.highlighting import highlight_code
from milepost.web.rendering.plain_text import to_plain_text
from milepost.web.rendering.static_files import static_url
from milepost.web.rendering.telling import find_telling, part_headers

NOT_PRINTABLE = re.compile(r"[^\n -~]")
CODE_SPAN = re.compile(r"`([^`\n]+)`")
TEMPLATES = Path(__file__).resolve().parents[1] / "templates"


@cache
def get_environment() -> Environment:
    """Build the environment once a process."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["json.dumps_kwargs"] = {
        "sort_keys": False
    }  # a lab's files keep their order
    environment.globals |= {"static": static_url, "words": words, "version": __version__}
    environment.filters |= {
        "plain": lambda value: to_plain_text(str(value)),
        "when": show_time,
        "day": show_day,
        "seconds": words.say_seconds,
        "sentence": words.make_sentence,
        "inline": render_code_spans,
        "bytes": words.say_bytes,
        "stack_title": name_stack,
        "highlight": highlight_code,
        "compact_json": show_json,
        "body": show_body,
        "excerpt": take_excerpt,
        "telling": find_telling,
        "part_headers": part_headers,
    }
    environment.globals["differences"] = compare_texts
    return environment


def render_template(name: str, context: Mapping[str, Any]) -> str:
    """Render one template or fragment to a string."""
    return get_environment().get_template(name).render(context)


def render_code_spans(text: str) -> Markup:
    """Show what stands between backticks in a sentence as code; everything is escaped."""
    return Markup(CODE_SPAN.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped first


def show_time(moment: datetime) -> Markup:
    """Show a moment to the minute; the browser turns it into the reader's own time zone."""
    utc = moment.astimezone(UTC)
    return Markup('<time datetime="{}">{}</time>').format(
        utc.isoformat(timespec="seconds"), f"{utc.day} {utc:%B %Y, %H:%M} UTC"
    )


def show_day(moment: datetime) -> Markup:
    """Show a date without its time."""
    utc = moment.astimezone(UTC)
    return Markup('<time datetime="{}" data-day>{}</time>').format(
        utc.isoformat(timespec="seconds"), f"{utc.day} {utc:%B %Y}"
    )


def show_json(value: Any) -> str:
    """Show a JSON value the way a person would write it on one line, or indented when long.

    What can't be seen is escaped, so that the text means exactly the value.
    """
    line = _write_json(value, indent=None)
    return line if len(line) <= words.LINE_LENGTH else _write_json(value, indent=2)


def _write_json(value: Any, indent: int | None) -> str:
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return NOT_PRINTABLE.sub(lambda found: _escape_unseen(found[0]), text)


def _escape_unseen(character: str) -> str:
    return character if character.isprintable() else json.dumps(character)[1:-1]
