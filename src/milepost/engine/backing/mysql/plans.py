"""A query plan as a tree that checks can ask questions of, and that a page can draw.

It reads what MariaDB's ANALYZE FORMAT=JSON says: the plan with what happened when it was carried
out. Times are kept for people; checks judge rows and the kinds of access.
"""

import json
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from milepost.engine.checks.evidence import Recorder
from milepost.engine.evidence.sql import PlanStep, PlanTree, QueryPlan, Role, StatementText

_STEPS = ("filesort", "temporary_table", "read_sorted_file", "window_functions_computation")
_ALL = 100.0  # percent


@dataclass(frozen=True, slots=True)
class PlanNode:
    """One step of a plan: a table and how it is read, or what is done with rows."""

    node_type: str  # of a table, MariaDB's word for its access: "ALL", "range", "ref", "eq_ref"
    relation: str | None
    index: str | None
    condition: str | None
    rows: float  # in each loop, after its condition
    loops: int
    estimated_rows: float
    milliseconds: float
    removed_rows: float  # read in each loop, and thrown away by the condition
    children: tuple["PlanNode", ...]

    def nodes(self) -> Iterator["PlanNode"]:
        """Walk this node and all below it."""
        yield self
        for child in self.children:
            yield from child.nodes()

    def find(self, node_type: str, *, relation: str | None = None) -> list["PlanNode"]:
        """List the nodes of a type such as "ALL", on one relation where it is named."""
        return [
            node
            for node in self.nodes()
            if node.node_type == node_type and relation in {None, node.relation}
        ]

    def count_rows_read(self) -> int:
        """Count the rows that were read from tables, those thrown away included."""
        leaves = [node for node in self.nodes() if node.relation is not None]
        return round(sum((node.rows + node.removed_rows) * node.loops for node in leaves))

    def as_step(self) -> PlanStep:
        """Describe the plan for the timeline."""
        return PlanStep(
            node_type=self.node_type,
            relation=self.relation,
            index=self.index,
            condition=self.condition,
            rows=round(self.rows * self.loops),
            estimated_rows=round(self.estimated_rows * self.loops),
            removed_rows=round(self.removed_rows * self.loops),
            loops=self.loops,
            milliseconds=round(self.milliseconds, 3),
            children=tuple(child.as_step() for child in self.children),
        )


def read_plan(document: str) -> PlanNode:
    """Read what ANALYZE FORMAT=JSON gives."""
    return _make("query", json.loads(document))


def show_plan(recorder: Recorder, sql: str, plan: PlanNode, *, since: float, role: Role) -> None:
    """Put a plan into the evidence, with a line that repeats it in any shell."""
    piece = QueryPlan(
        title=" ".join(sql.split()),
        request=StatementText(sql=sql.strip(), database_role=role),
        response=PlanTree(plan.as_step()),
        repeat=f"mariadb -e {shlex.quote(f'ANALYZE FORMAT=JSON {sql.strip()}')}",
    )
    recorder.record(piece, since=since)


def _make(kind: str, found: Mapping[str, Any]) -> PlanNode:
    """Make a node of what holds others; a table is one that also says how it is read."""
    loops = int(found.get("r_loops") or 1)
    is_table = "table_name" in found
    read = float(found.get("r_rows") or 0)
    kept = read * float(found.get("r_filtered", _ALL) or 0) / _ALL if is_table else read
    return PlanNode(
        node_type=str(found.get("access_type", kind)) if is_table else kind,
        relation=found.get("table_name"),
        index=found.get("key"),
        condition=found.get("attached_condition"),
        rows=kept,
        loops=loops,
        estimated_rows=float(found.get("rows") or 0),
        milliseconds=float(found.get("r_total_time_ms") or 0),
        removed_rows=read - kept,
        children=tuple(_list_children(found)),
    )


def _list_children(found: Mapping[str, Any]) -> Iterator[PlanNode]:
    for name, inner in found.items():
        pieces = inner if isinstance(inner, list) else [inner]
        for piece in (each for each in pieces if isinstance(each, dict)):
            if name in _STEPS or "table_name" in piece:
                yield _make(name, piece)
            else:  # a frame, such as query_block or nested_loop
                yield from _list_children(piece)
