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
    "framework.project-structure": ALL_OF_IT,
    "framework.routing": ALL_OF_IT,
    "framework.middleware": ALL_OF_IT,
    "framework.configuration": ALL_OF_IT,
    "framework.request-handling": ALL_OF_IT,
    "framework.response-handling": ALL_OF_IT,
    "framework.modules": ALL_OF_IT,
    "databases.select": ALL_OF_IT,
    "databases.insert": ALL_OF_IT,
    "databases.update": ALL_OF_IT,
    "databases.delete": ALL_OF_IT,
    "databases.joins": ALL_OF_IT,
    "databases.indexes": ALL_OF_IT,
    "databases.transactions": ALL_OF_IT,
    "databases.constraints": ALL_OF_IT,
    "databases.nosql-documents": "lesson, lab",
    "databases.nosql-key-value": "lesson, lab",
    "databases.schema-design": "lesson, lab",
    "databases.normalization": "lesson, lab",
    "rest-apis.endpoints": ALL_OF_IT,
    "rest-apis.http-methods": ALL_OF_IT,
    "rest-apis.status-codes": ALL_OF_IT,
    "rest-apis.headers": ALL_OF_IT,
    "rest-apis.query-parameters": ALL_OF_IT,
    "rest-apis.pagination": ALL_OF_IT,
    "rest-apis.versioning": "lesson, lab",
    "rest-apis.json": ALL_OF_IT,
    "rest-apis.openapi-documentation": "lesson, lab",
    "rest-apis.consuming-apis": ALL_OF_IT,
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
