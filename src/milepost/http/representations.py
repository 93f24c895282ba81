"""Content that is kept to be sent again: whether a client has it already, and its coded forms.

Which coding a client takes, and what is never coded, is decided in `compression`. Invariant: the
entity tag is weak, because one tag names the content in every coding (RFC 9110 §8.8.3.3).
"""

from starlette.requests import Request
from starlette.responses import Response

from milepost.http.compression import LEAST_BYTES, choose_coding, compress, is_text
from milepost.http.preconditions import read_tags


class Representation:
    """Content with its type and its tag. A coded form is made once, when first asked for."""

    def __init__(self, content: bytes, *, media_type: str, tag: str) -> None:
        self._forms = {"": content}
        self._media_type = media_type
        self._tag = tag
        self._gains = is_text(media_type) and len(content) >= LEAST_BYTES

    def respond(self, request: Request, **headers: str) -> Response:
        """Return the content in a form that the client takes, or a 304 if the client has it."""
        headers |= {"ETag": f'W/"{self._tag}"', "Vary": "Accept-Encoding"}
        known = read_tags(request.headers.getlist("if-none-match"))
        if known is not None and known.match(self._tag, weakly=True):
            return Response(status_code=304, headers=headers)
        asked = request.headers.get("accept-encoding", "")
        coding = choose_coding(asked) if self._gains else ""
        if coding not in self._forms:
            self._forms[coding] = compress(self._forms[""], coding)
        if coding:
            headers["Content-Encoding"] = coding
        return Response(self._forms[coding], media_type=self._media_type, headers=headers)
