"""The words of the pages that depend on data: verdicts, outcomes, durations, sizes, counts.

Sentences that never change stand in the templates. Invariant: a verdict is always a word beside a
sign, and the two verdicts that are ours never sound like the learner's.
"""

from collections.abc import Iterable

from milepost.engine.backing.registry import find_components, find_limit

LINE_LENGTH = 72
KIBIBYTE = 1024

VERDICTS = {
    "passed": "Passed",
    "failed": "Failed",
    "timed_out": "Timed out",
    "crashed": "Crashed",
    "lab_broken": "The lab is at fault",
    "engine_failed": "Milepost is at fault",
}
OUTCOMES = {
    "passed": "Passed",
    "failed": "Failed",
    "timed_out": "Timed out",
    "crashed": "Crashed",
    "broken": "Check at fault",
    "not_run": "Not run",
    "waiting": "Not run yet",
    "running": "Running",
}

STAGES = {
    "passed": "passed",
    "holds": "what you can see holds",
    "current": "the current one",
    "later": "comes later",
    "open": "not decided yet",
}


def say_stage(state: str) -> str:
    """Say how far a stage is."""
    return STAGES.get(state, state)


def say_verdict(verdict: str) -> str:
    """Name a verdict."""
    return VERDICTS.get(verdict, verdict)


def say_outcome(outcome: str) -> str:
    """Name how a check ended."""
    return OUTCOMES.get(outcome, outcome)


def say_limit(limit: str) -> str:
    """Name a limit of a run."""
    found = find_limit(limit)
    return limit if found is None else found.label


def say_amount(limit: str, amount: float) -> str:
    """Say how much that is of what a limit is about."""
    if limit.endswith("_bytes"):
        return say_bytes(amount)
    return say_seconds(amount) if limit.endswith("_seconds") else f"{amount:,.0f}"


def say_servers(services: Iterable[str]) -> str:
    """Name the servers among what a lab runs, such as "PostgreSQL and Redis"; empty for none."""
    return " and ".join(each.server for each in find_components(services) if each.server)


def say_count(number: int, one: str, many: str | None = None) -> str:
    """Say "1 check" or "4 checks"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def say_seconds(seconds: float) -> str:
    """Say a duration with no more digits than matter."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:  # noqa: PLR2004 - a minute
        return f"{seconds:.1f} s"
    return f"{seconds // 60:.0f} min {seconds % 60:.0f} s"


def say_minutes(seconds: float) -> str:
    """Say how long some work took, to the minute."""
    minutes = round(seconds / 60)
    if minutes < 1:
        return "less than a minute"
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if hours else f"{minutes} min"


def say_about(seconds: float) -> str:
    """Say how long something will take, as one says it of a guess."""
    if seconds < 1:
        return "less than a second"
    return f"about {seconds:.0f} s" if seconds < 120 else f"about {seconds / 60:.0f} min"  # noqa: PLR2004 - two minutes


def say_ordinal(number: int) -> str:
    """Say "1st", "2nd", "13th"."""
    endings = {1: "st", 2: "nd", 3: "rd"}
    ending = "th" if number % 100 in range(11, 14) else endings.get(number % 10, "th")
    return f"{number:,}{ending}"


def say_bytes(size: float) -> str:
    """Say a size in binary units."""
    for unit in ("bytes", "KiB", "MiB"):
        if size < KIBIBYTE:
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= KIBIBYTE
    return f"{size:.1f} GiB"


def make_sentence(text: str) -> str:
    """Give a sentence its capital letter and full stop, if whoever wrote it left them out.

    What begins with a name of code, such as `add(2, 3)` or parse_line, begins as that is written.
    """
    text = text.strip()
    if text.partition(" ")[0].isalpha():
        text = text[0].upper() + text[1:]
    # A closing quote or bracket may stand behind the stop; code never ends a sentence by itself.
    last = text.rstrip('"”)*')[-1:]
    return text if not text or last in set(".?!:…") else f"{text}."


def say_browser(user_agent: str) -> str:
    """Name a browser and its system from the header that it sends, as far as it can be told."""
    browsers = {
        "Firefox/": "Firefox", "Edg/": "Edge", "OPR/": "Opera", "Chrome/": "Chrome",
        "Safari/": "Safari",
    }  # fmt: skip
    systems = {
        "Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows",
        "Mac OS X": "macOS", "Linux": "Linux",
    }  # fmt: skip
    browser = next((name for mark, name in browsers.items() if mark in user_agent), "")
    system = next((name for mark, name in systems.items() if mark in user_agent), "")
    if browser and system:
        return f"{browser} on {system}"
    return browser or user_agent[:60] or "A browser without a name"
