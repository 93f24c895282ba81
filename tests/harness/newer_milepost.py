"""The command line of a Milepost that knows a later migration than this one.

Run as a program; `NEWER_MIGRATIONS` is its folder of migrations, ours and one more.
"""

import os
from pathlib import Path

from milepost.cli import main
from milepost.core import schema

schema.MIGRATIONS = Path(os.environ["NEWER_MIGRATIONS"])

if __name__ == "__main__":
    main()
