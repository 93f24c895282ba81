"""How this `milepost` is called from any folder, so that what is printed can be typed as it stands.

By its name where the shell finds this very program by it, else by its whole path. Invariant: no
other installation's `milepost` is ever named.
"""

import re
import shlex
import shutil
import sys
from functools import cache
from pathlib import Path

NAME = "milepost"
# Commands stand between backticks, or end a sentence after a colon.
_NAMED = re.compile(rf"(?<=`){NAME}(?= [a-z])|(?<=: ){NAME}(?= [a-z])")


@cache
def find_call() -> str:
    """Return the first words of a command line that runs this installation."""
    here = Path(sys.executable).parent
    own = here / NAME
    if not own.is_file():
        # -P: a file of the folder that one is in, such as json.py, must not be imported.
        return f"{shlex.quote(sys.executable)} -P -m milepost.cli"
    found = shutil.which(NAME)
    if found is not None and Path(found).is_absolute() and Path(found).resolve() == own.resolve():
        return NAME
    return shlex.quote(str(own))


def typeable(text: str) -> str:
    """Return a text whose commands can be typed, as in "Run `milepost login` first"."""
    return _NAMED.sub(lambda _: find_call(), text)
