"""What a learner is told whose code imports something that isn't there: what there is instead.

How an error names it, the language knows; which libraries there are, the stack. See `languages`.
"""

import re

from milepost.engine.checks.evidence import clean
from milepost.engine.protocol.settings import Importable

_LONGEST_NAME = 60


def explain_missing_import(said: str, importable: Importable) -> str:
    """Return a sentence to put behind an error; empty where it is about something else."""
    found = re.search(importable.names_missing, said) if importable.names_missing else None
    if found is None:
        return ""
    name = clean(found[1])[:_LONGEST_NAME].replace("`", "'")
    there_is = ["your own files", "the standard library", *importable.libraries]
    listed = f"{', '.join(there_is[:-1])} and {there_is[-1]}"
    return f". Nothing called `{name}` can be imported here: there are {listed}"
