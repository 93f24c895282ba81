"""Bodies of requests, read into what they must be. Whoever sent another gets a refusal."""

import json


class Refused(Exception):
    """A request can't be met; the house answers with the status and the sentence."""

    def __init__(self, status, sentence):
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


def read_fields(request, **types):
    """Return the fields of a JSON object in their order, each of its type; else raise Refused."""
    try:
        body = json.loads(request.body)
    except ValueError:
        raise Refused(400, "This is no JSON.") from None
    for name, kind in types.items():
        if not isinstance(body, dict) or type(body.get(name)) is not kind:
            raise Refused(400, f"`{name}` is missing, or of another type.")
    return [body[name] for name in types]
