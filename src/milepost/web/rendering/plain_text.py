"""Text from outside made fit to show: no terminal codes, nothing invisible, no reordering tricks.

Escaping for HTML is not done here (Jinja2 and markupsafe do it), nor is any cutting to length.
Invariant: what comes out holds only printable characters, newlines and tabs.
"""

import re
import unicodedata

# ECMA-48 control sequences (CSI), operating system commands (OSC, closed by BEL or ST) and
# the two-character escapes that are left.
TERMINAL_CODES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[@-_]")
HIDDEN_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
FIRST_PRINTABLE = 0x20
CONTROL_PICTURES = 0x2400


def to_plain_text(text: str) -> str:
    """Strip terminal codes and make every other invisible character visible.

    A bidirectional override in a file name or an output could make code read differently from
    what runs (CVE-2021-42574), so such characters are shown by their number. A carriage return
    is shown too: whether a line ends in one is often what a check is about.
    """
    text = TERMINAL_CODES.sub("", text)
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_show, text))


def _show(character: str) -> str:
    if character in "\n\t" or character.isprintable():
        return character
    code = ord(character)
    if code < FIRST_PRINTABLE:
        return chr(CONTROL_PICTURES + code)
    if unicodedata.category(character) in HIDDEN_CATEGORIES:
        return f"⟨U+{code:04X}⟩"
    return " "
