"""What a submission's files import and look at, as far as it can be told from their text.

The engine looks, so that no guest has to; what a guest's launcher makes of it is `guest.ahead`.
"""

import re
from collections.abc import Mapping

from milepost.engine.protocol.guest import Submitted

# What many programs use and what does nothing but define when it is imported.
_HARMLESS_NAMES = (
    "abc argparse array ast asyncio base64 bisect calendar cmath collections configparser "
    "contextlib contextvars copy csv dataclasses datetime decimal difflib email enum fnmatch "
    "fractions functools glob gzip hashlib heapq hmac html http inspect io ipaddress itertools "
    "json logging math mimetypes numbers operator os pathlib pickle pprint queue random re "
    "secrets select selectors shlex shutil signal socket socketserver sqlite3 ssl statistics "
    "string struct subprocess tempfile textwrap threading time timeit traceback types typing "
    "unicodedata urllib uuid warnings weakref xml zipfile zlib zoneinfo "
)
_HARMLESS = frozenset(_HARMLESS_NAMES.split())
_IMPORTED = re.compile(
    rb"^[ \t]*(?:import[ \t]+([^\n;#]+)|from[ \t]+([\w.]+)[ \t]+import\b)", re.MULTILINE
)
# A module of these is there only once somebody has imported it, and imported ahead it always is.
_BARE = re.compile(
    rb"\b(concurrent|email|html|http|importlib|logging|unittest|urllib|xml)\.([a-z]\w*)"
)


# By these a JavaScript program could tell that modules were loaded before it asked for them, or
# change what they read when they are loaded.
_TELLTALE = re.compile(rb"\brequire\.cache|\bModule\._|\bmoduleLoadList|\bDEBUG\b|\buptime\b")


def looks_at_its_start(files: Mapping[str, bytes]) -> bool:
    """Return whether a program could notice that it was started before its turn."""
    return any(_TELLTALE.search(content) for content in files.values())


def find_imports(files: Mapping[str, bytes]) -> Submitted:
    """Find what is worth importing ahead for these files, and what would then be in the way.

    `wanted` are harmless modules of the standard library, `own` the names of the submission's
    modules wherever they lie, and `used` modules that it may use without importing them. Where it
    looks at processes, it meets numbers and times that no two starts have in common.
    """
    sources = {path: content for path, content in files.items() if path.endswith(".py")}
    own = {part.removesuffix(".py") for path in sources for part in path.split("/")}
    imported, used = set[str](), set[str]()
    for content in sources.values():
        for several, one in _IMPORTED.findall(content):
            names = [each.split()[0] for each in several.split(b",") if each.split()] or [one]
            imported |= {each.decode(errors="replace") for each in names}
        used |= {b".".join(pair).decode(errors="replace") for pair in _BARE.findall(content)}
    return Submitted(
        wanted=sorted(name for name in imported if _top(name) in _HARMLESS - own),
        own=sorted(own),
        used=sorted(name for name in used if not any(_is_part(i, name) for i in imported)),
        changes_path=any(b"sys.path" in content for content in sources.values()),
        looks_at_processes=any(b"/proc" in content for content in sources.values()),
    )


def _top(name: str) -> str:
    return name.partition(".")[0]


def _is_part(imported: str, used: str) -> bool:
    """Return whether importing one module of a package makes another likely to be there too."""
    return "." in imported and _top(imported) == _top(used)
