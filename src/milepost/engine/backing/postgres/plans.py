"""A query plan as a tree that checks can ask questions of, and that a page can draw.

It reads what EXPLAIN says. Times are kept for people; checks judge rows, pages, records and the
kinds of nodes, which are the same on every machine.
"""

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from milepost.engine.checks.evidence import Recorder
from milepost.engine.evidence.sql import PlanStep, PlanTree, QueryPlan, Role, StatementText

EXPLAIN = "EXPLAIN (ANALYZE, BUFFERS, WAL, FORMAT JSON) "


@dataclass(frozen=True, slots=True)
class PlanNode:
    """One step of a plan."""

    node_type: str
    relation: str | None
    index: str | None
    condition: str | None
    rows: float  # in each loop
    loops: int
    estimated_rows: float
    cost: float
    milliseconds: float  # all loops together, with what lies below
    removed_rows: float  # read, and thrown away by the filter
    pages: int  # of 8 KiB that were looked into, in memory or not, with what lies below
    wal_records: int  # written ahead, with what lies below: one for a row, one for each index entry
    children: tuple["PlanNode", ...]

    def nodes(self) -> Iterator["PlanNode"]:
        """Walk this node and all below it."""
        yield self
        for child in self.children:
            yield from child.nodes()

    def find(self, node_type: str, *, relation: str | None = None) -> list["PlanNode"]:
        """List the nodes of a type such as "Seq Scan", on one relation where it is named."""
        return [
            node
            for node in self.nodes()
            if node.node_type == node_type and relation in {None, node.relation}
        ]

    def count_rows_read(self) -> int:
        """Count the rows that were read from tables, those thrown away included."""
        leaves = [node for node in self.nodes() if node.relation is not None]
        return round(sum((node.rows + node.removed_rows) * node.loops for node in leaves))

    def count_pages_read(self) -> int:
        """Count the pages of tables and indexes that were looked into.

        Steps in between read none, but the first use of a type in a session costs them some of the
        catalogs. Allow for a handful of these.
        """
        if self.relation is not None:
            return self.pages
        return sum(child.count_pages_read() for child in self.children)

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
            pages=self.pages,
            wal_records=self.wal_records,
            loops=self.loops,
            cost=self.cost,
            milliseconds=round(self.milliseconds, 3),
            children=tuple(child.as_step() for child in self.children),
        )


def read_plan(document: Mapping[str, Any]) -> PlanNode:
    """Read one node of EXPLAIN's JSON with everything below it."""
    loops = int(document.get("Actual Loops", 1))
    conditions = ("Index Cond", "Hash Cond", "Merge Cond", "Join Filter", "Filter", "Recheck Cond")
    return PlanNode(
        node_type=str(document["Node Type"]),
        relation=document.get("Relation Name"),
        index=document.get("Index Name"),
        condition=next((document[name] for name in conditions if name in document), None),
        rows=float(document.get("Actual Rows", 0)),
        loops=loops,
        estimated_rows=float(document.get("Plan Rows", 0)),
        cost=float(document.get("Total Cost", 0)),
        milliseconds=float(document.get("Actual Total Time", 0)) * loops,
        removed_rows=float(document.get("Rows Removed by Filter", 0)),
        pages=sum(int(document.get(f"Shared {how} Blocks", 0)) for how in ("Hit", "Read")),
        wal_records=int(document.get("WAL Records", 0)),
        children=tuple(read_plan(child) for child in document.get("Plans", ())),
    )


def show_plan(recorder: Recorder, sql: str, plan: PlanNode, *, since: float, role: Role) -> None:
    """Put a plan into the evidence, with a line that repeats it in any shell."""
    piece = QueryPlan(
        title=" ".join(sql.split()),
        request=StatementText(sql=sql.strip(), database_role=role),
        response=PlanTree(plan.as_step()),
        repeat=f"psql -c {shlex.quote(f'EXPLAIN ANALYZE {sql.strip()}')}",
    )
    recorder.record(piece, since=since)
