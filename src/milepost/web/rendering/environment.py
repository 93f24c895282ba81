"""The template environment: one Jinja2 environment for all pages, with the filters they may use.

Which template a route renders is the route's business. Invariant: autoescape is always on, and an
undefined name is an error, never an empty space on a page.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from markupsafe import Markup

from milepost import __version__
from milepost.engine import Evidence
from milepost.engine.evidence.contract import UnknownEvidence
from milepost.engine.evidence.registry import COMPONENTS, find_kind
from milepost.engine.marks import Mark, read_marks
from milepost.engine.stacks.descriptions import name_stack
from milepost.engine.visible import write_json
from milepost.http.links import address_of_section
from milepost.web.rendering import words
from milepost.web.rendering.bodies import show_body
from milepost.web.rendering.differences import compare_texts
from milepost.web.rendering.evidence_focus import find_focus, part_headers
from milepost.web.rendering.excerpts import take_excerpt
from milepost.web.rendering.found_kinds import FOUND_KINDS
from milepost.web.rendering.highlighting import highlight_code
from milepost.web.rendering.markdown import render_markdown
from milepost.web.rendering.plain_text import to_plain_text
from milepost.web.rendering.static_files import static_url

ELEMENTS = {Mark.NONE: "{}", Mark.CODE: "<code>{}</code>", Mark.EMPHASIS: "<em>{}</em>"}
TEMPLATES = Path(__file__).resolve().parents[1] / "templates"


@cache
def get_environment() -> Environment:
    """Build the environment once a process."""
    brought = FileSystemLoader(COMPONENTS)  # the templates of components' evidence
    environment = Environment(
        loader=ChoiceLoader(
            [FileSystemLoader(TEMPLATES), PrefixLoader({COMPONENTS.name: brought})]
        ),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["json.dumps_kwargs"] = {
        "sort_keys": False
    }  # a lab's files keep their order
    environment.globals |= {
        "static": static_url,
        "words": words,
        "version": __version__,
        "found_kinds": FOUND_KINDS,
    }
    environment.filters |= {
        "plain": lambda value: to_plain_text(str(value)),
        "when": show_time,
        "day": show_day,
        "seconds": words.say_seconds,
        "sentence": words.make_sentence,
        "inline": render_marks,
        "markdown": show_markdown,
        "section_address": address_of_section,
        "bytes": words.say_bytes,
        "stack_title": name_stack,
        "highlight": highlight_code,
        "compact_json": show_json,
        "body": show_body,
        "excerpt": take_excerpt,
        "focus": find_focus,
        "template": find_template,
        "part_headers": part_headers,
    }
    environment.globals["differences"] = compare_texts
    return environment


def render_template(name: str, context: Mapping[str, Any]) -> str:
    """Render one template or fragment to a string."""
    return get_environment().get_template(name).render(context)


def find_template(piece: Evidence) -> str:
    """Return the name of the template of a kind of evidence, with its macros `line` and `body`."""
    kind = None if isinstance(piece, UnknownEvidence) else find_kind(piece.kind)
    if kind is None:
        return "evidence/unknown.html"
    folder = "evidence" if kind.component is None else f"{COMPONENTS.name}/{kind.component}"
    return f"{folder}/{kind.name}.html"


def show_markdown(text: str) -> Markup:
    """Show a short text of an author's; links into this project are for lessons and briefs."""
    return render_markdown(text, find_source=lambda _: None, heading_level=4).body


def render_marks(text: str) -> Markup:
    """Show the code and the emphasis of a sentence; everything is escaped."""
    pieces = (Markup(ELEMENTS[mark]).format(piece) for mark, piece in read_marks(str(text)))  # noqa: S704 - of ours
    return Markup().join(pieces)


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
    line = write_json(value)
    return line if len(line) <= words.LINE_LENGTH else write_json(value, indent=2)
