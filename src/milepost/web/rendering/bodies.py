"""Bodies of HTTP messages made readable: JSON is laid out and coloured, the rest shown as it came.

How long a body may be is decided where evidence is recorded. Invariant: the text is always escaped.
"""

import json

from markupsafe import Markup, escape

from milepost.web.rendering.highlighting import highlight_code
from milepost.web.rendering.plain_text import to_plain_text

_LANGUAGES = {"json": "json", "html": "html", "xml": "xml", "javascript": "javascript"}


def show_body(body: str, headers: object) -> Markup:
    """Colour a body by the content type that its headers name."""
    content_type = headers.get("content-type", "") if isinstance(headers, dict) else ""
    kind = str(content_type).partition(";")[0].strip().lower()
    language = _LANGUAGES.get(kind.rpartition("/")[2].rpartition("+")[2], "")
    text = to_plain_text(_lay_out(body) if language == "json" else body)
    return highlight_code(text, language) if language else escape(text)


def _lay_out(body: str) -> str:
    try:
        return json.dumps(json.loads(body), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):  # cut short, or not JSON at all: shown as it came
        return body
