"""What the shipped path covers. It may grow, and this file says so; it never shrinks unseen."""

from collections import Counter
from pathlib import Path

from milepost.catalog.coverage import measure_coverage
from milepost.labs import load_labs

CONTENT = Path(__file__).parents[2] / "content"
ALL_OF_IT = "lesson, drill, lab"
OBJECTIVES = 81
COVERED = {
    "language.data-types": ALL_OF_IT,
    "language.variables": ALL_OF_IT,
    "language.conditionals": ALL_OF_IT,
    "language.loops": ALL_OF_IT,
    "language.functions": ALL_OF_IT,
    "language.error-handling": ALL_OF_IT,
    "language.program-structure": ALL_OF_IT,
    "language.classes-and-objects": ALL_OF_IT,
    "language.inheritance": ALL_OF_IT,
    "language.functional-programming": ALL_OF_IT,
    "framework.routing": ALL_OF_IT,
    "framework.request-handling": ALL_OF_IT,
    "framework.response-handling": ALL_OF_IT,
    "framework.middleware": "lesson, drill",
    "framework.configuration": "lesson, drill",
    "framework.project-structure": "lesson, drill",
    "framework.modules": "lesson, drill",
    "databases.select": "lesson, lab",
    "databases.insert": "lesson, lab",
    "databases.update": "lesson, lab",
    "databases.delete": "lesson, lab",
    "databases.joins": "lesson, lab",
    "databases.constraints": "lesson, lab",
    "rest-apis.endpoints": "lesson, lab",
    "rest-apis.http-methods": "lesson, lab",
    "rest-apis.status-codes": "lesson, lab",
    "rest-apis.headers": "lesson, lab",
    "rest-apis.query-parameters": "lesson, lab",
    "rest-apis.pagination": "lesson, lab",
    "rest-apis.json": "lesson, lab",
    "rest-apis.consuming-apis": "lesson, lab",
    "performance.network-bottlenecks": "lesson, lab",
    "performance.external-caching": "lesson, lab",
}


def test_what_is_covered_is_known():
    labs, broken = load_labs(CONTENT)
    rows = list(measure_coverage(CONTENT, labs))
    has = {
        f"{row.skill}.{row.objective}": ", ".join(
            word
            for word, there in (("lesson", row.lesson), ("drill", row.drill), ("lab", row.labs))
            if there
        )
        for row in rows
    }

    assert broken == []
    assert len(has) == OBJECTIVES
    assert {name: what for name, what in has.items() if what} == COVERED


def test_no_objective_has_two_drills():
    labs, _ = load_labs(CONTENT)
    practised = Counter(lab.objectives for lab in labs if lab.is_drill)

    assert {name for name, drills in practised.items() if drills > 1} == set()
