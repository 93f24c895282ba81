"""A learner's OpenAPI document, held against their service: what checks import.

`read_document` reads one, of 3.0, 3.1 or 3.2, and refuses in words what can't be read. A `Document`
is judged by what it refuses as much as by what it lets through. Nothing is ever fetched for it.
"""

from milepost.engine.checks.openapi.document import Document, read_document
from milepost.engine.checks.openapi.trials import Trial

__all__ = ["Document", "Trial", "read_document"]
