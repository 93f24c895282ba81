"""Prints the file that it is told to, then its standard input; see `contracts/program`.

Part of the self-test of the stack: it runs in a sandbox, as learner code does.
"""

import sys
import time
from pathlib import Path

while not sys.argv[1:]:
    time.sleep(1)

given = Path(sys.argv[1])
if not given.is_file():
    sys.stderr.write(f"there is no {given}\n")
    sys.exit(3)
sys.stdout.write(given.read_text() + sys.stdin.read())
