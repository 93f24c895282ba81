"""The options that several commands have, declared once.

An option of one command alone is declared where it is used.
"""

from pathlib import Path
from typing import Annotated

import typer

DataFolder = Annotated[Path | None, typer.Option(help="The folder that keeps the data.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print it for scripts.")]
