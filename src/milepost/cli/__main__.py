"""`python -m milepost.cli`: the same command line, for processes that start their own kind.

Nothing else lives here. Invariant: it behaves as the installed `milepost` does.
"""

from milepost.cli import main

main()
