"""Changes one answer on its way to a check, and says afterwards which, and what came of it.

There is one for each check of a run that asks for it. What is said is the last piece of the check's
evidence; an author reads it, never a learner.
"""

import random
import traceback
from pathlib import Path
from typing import Any

import pytest

from milepost.engine.checks.evidence import clean
from milepost.engine.checks.faults import GuestFault
from milepost.engine.checks.spoiling.answers import list_answer_sites
from milepost.engine.checks.spoiling.values import Site
from milepost.engine.request import SPOILED, Spoil, SpoilPlan
from milepost.engine.results import Evidence, Json

_MOST_LISTED = 400  # places and kinds of one check
_MOST_POSITIONS = 6  # of one place and kind
_SHOWN = 200
_JUDGED = (AssertionError, pytest.fail.Exception, GuestFault)


class Spoiler:
    """What all answers of one check pass through."""

    def __init__(self, plan: SpoilPlan, check: str) -> None:
        self._spoil: Spoil | None = plan.spoils.get(check)
        self._is_listing = not plan.spoils
        self._random = random.Random(f"{plan.seed} {check} {self._spoil}")  # noqa: S311
        self._answers = 0
        self._found: dict[tuple[str, str], list[int]] = {}
        self._told: dict[str, Json] = {}

    def take(self, origin: str, answer: Any) -> Any:
        """Return what the check gets instead of an answer: nearly always the answer itself."""
        position = self._answers
        self._answers += 1
        if self._is_listing:
            self._list(origin, position, answer)
        elif self._spoil is not None and position == self._spoil.position:
            return self._change(origin, answer, self._spoil)
        return answer

    def describe(self, error: BaseException | None) -> Evidence:
        """Say what could be spoiled, or what was, and how the check fell over, if it did."""
        found: list[Json] = [
            {"place": place, "kind": kind, "positions": positions}
            for (place, kind), positions in self._found.items()
        ]
        response: dict[str, Json] = {"answers": self._answers, "found": found}
        if error is not None and not isinstance(error, _JUDGED):
            response["error"] = f"{type(error).__name__}: {error}"[:_SHOWN]
            response["line"] = _find_line(error)
        return Evidence(SPOILED, "", 0.0, 0.0, request=self._told, response=response)

    def _list(self, origin: str, position: int, answer: Any) -> None:
        for site in list_answer_sites(origin, answer):
            key = (f"{origin} {site.place}".strip(), site.kind)
            if key not in self._found and len(self._found) >= _MOST_LISTED:
                continue
            positions = self._found.setdefault(key, [])
            if position not in positions:
                positions.append(position)
            if len(positions) > _MOST_POSITIONS:
                positions.pop(self._random.randrange(1, len(positions)))  # the first stays

    def _change(self, origin: str, answer: Any, spoil: Spoil) -> Any:
        fitting: list[Site] = [
            site
            for site in list_answer_sites(origin, answer)
            if site.kind == spoil.kind and f"{origin} {site.place}".strip() == spoil.place
        ]
        if not fitting:  # learner code answered otherwise than when it was listed
            return answer
        site = self._random.choice(fitting)
        became = site.change(site.was)
        self._told = {
            "place": spoil.place,
            "kind": spoil.kind,
            "was": _show(site.was),
            "became": _show(became),
        }
        return site.rebuild(became)


def _find_line(error: BaseException) -> int | None:
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if Path(frame.filename).name == "checks.py"]
    return lines[-1] if lines else None


def _show(value: Any) -> str:
    return clean(repr(value))[:_SHOWN]
