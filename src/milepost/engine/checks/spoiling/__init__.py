"""Wrong answers of the right form: what learner code answered, changed in one element.

`labs verify` finds out so whether checks judge them instead of raising errors of their own. The
request decides which element is changed; a learner's run loads none of this.
"""

from milepost.engine.checks.spoiling.spoiler import Spoiler

__all__ = ["Spoiler"]
