"""Plain values of runs of examples: what came of one, and what its learner sees of it.

How it is stored is `models`.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from milepost.engine import GradingSpec
from milepost.engine.evidence.tables import Tables
from milepost.examples.languages import RunnableLanguage


class Ending(StrEnum):
    """How a run ended. The last one is Milepost's fault, never the learner's."""

    EXITED = "exited"  # by itself: `exit_code` says how, and of SQL that all of it was run
    REFUSED = "refused"  # the database refused a statement
    TIMED_OUT = "timed_out"
    STOPPED = "stopped"  # it reached another limit, or could not be started
    NOT_RUN = "not_run"


class RunStatus(StrEnum):
    """Where a run stands."""

    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """What came of a run. Texts are clean of terminal codes and cut to a bounded size."""

    ending: Ending
    message: str = ""  # a sentence on why, unless it exited
    exit_code: int | None = None  # negative: the signal that ended it
    stdout: str = ""
    stderr: str = ""
    is_cut: bool = False  # it printed more than is shown
    seconds: float | None = None
    tables: Tables | None = None  # of a lab's database, as they are after the run


@dataclass(frozen=True, slots=True)
class LabDatabase:
    """The version of a lab in whose database statements are run, and what is asked of them."""

    version_id: UUID
    content_hash: str
    spec: GradingSpec
    shows_plan: bool


@dataclass(frozen=True, slots=True)
class StartedRun:
    """A run that a worker begins."""

    id: UUID
    language: RunnableLanguage
    code: str
    before: str
    attempt: int
    lab: LabDatabase | None = None


@dataclass(frozen=True, slots=True)
class ExampleRunView:
    """A run as its learner sees it."""

    id: UUID
    language: str
    status: RunStatus
    expires_at: datetime
    queue_position: int | None = None
    waits_because: str | None = None  # no worker can take it
    result: ExampleResult | None = None
