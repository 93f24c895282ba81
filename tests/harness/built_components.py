"""Components whose server is built on demand: a machine that has none skips what needs it."""

import pytest

from milepost.embedded import EmbeddedServerError
from milepost.engine.backing.programs import find_program
from milepost.engine.backing.registry import find_components


def find_missing(*names):
    """Find why one of these can't run here: it was never built. None where all can."""
    for component in find_components(names):
        if component.install is not None:
            try:
                find_program(component)
            except EmbeddedServerError as missing:
                return missing
    return None


def skip_without(*names):
    """Skip the running test where a server that Milepost builds is not built on this machine."""
    if missing := find_missing(*names):
        pytest.skip(str(missing))
