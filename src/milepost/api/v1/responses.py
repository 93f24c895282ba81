"""What the reference page says of answers that every endpoint may give.

The problems of one endpoint stand beside it; here are only those that the framework itself finds.
"""

from typing import Any

from milepost.http.problems import MEDIA_TYPE, Problem

REQUEST_NOT_VALID: dict[int | str, dict[str, Any]] = {
    422: {
        "model": Problem,
        "description": "`request_not_valid`: A field is missing or not as described; "
        "`faults` lists where and why.",
        "content": {MEDIA_TYPE: {}},
    }
}
