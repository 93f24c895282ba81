"""A lab's folder as its learners would see it, graded anew whenever a file is saved.

For authors, on their own machine: `rounds` loads and grades, `views` turns what came of it into
what the pages' own templates draw, `app` serves it. Invariant: there is no database, and nothing
of a preview is stored.
"""

from milepost.web.preview.app import create_preview_app
from milepost.web.preview.rounds import Rounds

__all__ = ["Rounds", "create_preview_app"]
