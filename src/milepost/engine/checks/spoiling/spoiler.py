"""Changes one answer on its way to a check, and says afterwards which, and what came of it.

There is one for each check of a run that asks for it. What is said is the last piece of the check's
evidence; an author reads it, never a learner.
"""

import random
from dataclasses import replace
from typing import Any

import pytest

from milepost.engine.checks.evidence import clean
from milepost.engine.checks.faults import GuestFault
from milepost.engine.checks.files import find_place
from milepost.engine.checks.spoiling.answers import list_answer_sites
from milepost.engine.checks.spoiling.values import Site
from milepost.engine.evidence.contract import NOTHING, Evidence, Nothing
from milepost.engine.evidence.spoiled import (
    ChangedAnswer,
    Spoilable,
    SpoiledAnswer,
    SpoilFindings,
)
from milepost.engine.request import Spoil, SpoilPlan

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
        self._changed: ChangedAnswer | Nothing = NOTHING

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
        """Return what could be spoiled, or what was, and how the check broke off, if it did."""
        found = tuple(
            Spoilable(place, kind, tuple(positions))
            for (place, kind), positions in self._found.items()
        )
        findings = SpoilFindings(self._answers, found)
        if error is not None and not isinstance(error, _JUDGED):
            said = f"{type(error).__name__}: {error}"[:_SHOWN]
            file, line = find_place(error) or ("", None)
            findings = replace(findings, error=said, file=file, line=line)
        return SpoiledAnswer(request=self._changed, response=findings)

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
        self._changed = ChangedAnswer(spoil.place, spoil.kind, _show(site.was), _show(became))
        return site.rebuild(became)


def _show(value: Any) -> str:
    return clean(repr(value))[:_SHOWN]
