"""The engine's results as plain JSON and back.

Field names in JSON are the field names of the dataclasses, enums are their strings.
`X_from_json(X_to_json(x)) == x` holds for everything here.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any, TypeVar

from milepost.engine.results import (
    BuildFinished,
    BuildReport,
    CheckFinished,
    CheckInfo,
    CheckResult,
    ChecksCollected,
    CheckStarted,
    Event,
    GradeReport,
    GradingFinished,
    Outcome,
    Shown,
    Usage,
    Verdict,
)

Document = dict[str, Any]
Record = TypeVar("Record")


def to_json(value: Any) -> Any:
    """Turn any record of the engine into plain dicts, lists, strings and numbers."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): to_json(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(inner) for inner in value]
    return value


def result_to_json(result: CheckResult) -> Document:
    """Turn the result of one check into JSON."""
    document: Document = to_json(result)
    return document


def result_from_json(document: Mapping[str, Any]) -> CheckResult:
    """Read back what `result_to_json` wrote.

    Unknown fields are ignored; a missing one raises KeyError or TypeError.
    """
    from milepost.engine.evidence.stored import evidence_from_json  # check processes only write

    known = _known_fields(CheckResult, document)
    known["outcome"] = Outcome(known["outcome"])
    known["objectives"] = tuple(known["objectives"])
    known["evidence"] = tuple(evidence_from_json(item) for item in known.get("evidence", ()))
    return CheckResult(**known)


def info_from_json(document: Mapping[str, Any]) -> CheckInfo:
    """Read back what is known of a check before it runs."""
    known = _known_fields(CheckInfo, document)
    known["objectives"] = tuple(known.get("objectives", ()))
    return CheckInfo(**known)


def report_to_json(report: GradeReport) -> Document:
    """Turn a whole report into JSON."""
    document: Document = to_json(report)
    return document


def report_from_json(document: Mapping[str, Any]) -> GradeReport:
    """Read back what `report_to_json` wrote."""
    known = _known_fields(GradeReport, document)
    known["verdict"] = Verdict(known["verdict"])
    known["checks"] = tuple(result_from_json(item) for item in known["checks"])
    known["usage"] = Usage(**_known_fields(Usage, known["usage"]))
    if known.get("shown") is not None:
        shown = _known_fields(Shown, known["shown"])
        shown["usage"] = Usage(**_known_fields(Usage, shown["usage"]))
        known["shown"] = Shown(**shown)
    if known.get("build") is not None:
        known["build"] = _read_build(known["build"])
    return GradeReport(**known)


def _read_build(document: Mapping[str, Any]) -> BuildReport:
    return BuildReport(**_known_fields(BuildReport, document))


def event_to_json(event: Event) -> Document:
    """Turn an event into JSON; `event` names its kind."""
    match event:
        case BuildFinished():
            return {"event": "built", "build": to_json(event.build)}
        case ChecksCollected():
            return {"event": "collected", "checks": to_json(event.checks)}
        case CheckStarted():
            return {"event": "started", "name": event.name}
        case CheckFinished():
            return {"event": "finished", "result": result_to_json(event.result)}
        case GradingFinished():
            return {"event": "verdict", "report": report_to_json(event.report)}


def event_from_json(document: Mapping[str, Any]) -> Event:
    """Read back what `event_to_json` wrote."""
    match document["event"]:
        case "built":
            return BuildFinished(_read_build(document["build"]))
        case "collected":
            return ChecksCollected(tuple(info_from_json(item) for item in document["checks"]))
        case "started":
            return CheckStarted(name=document["name"])
        case "finished":
            return CheckFinished(result=result_from_json(document["result"]))
        case "verdict":
            return GradingFinished(report=report_from_json(document["report"]))
        case unknown:
            raise ValueError(f"There is no event of the kind {unknown!r}.")


def _known_fields(record: type[Record], document: Mapping[str, Any]) -> Document:
    names = {field.name for field in fields(record)}  # type: ignore[arg-type]
    return {name: value for name, value in document.items() if name in names}
