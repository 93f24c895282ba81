"""The `mongo` fixture: a check looks into its document store, prepares it, and holds it up.

Each check that asks has a store in which nothing is. What learner code did there is told by the
relay that it speaks through. A store that dies is never the learner's fault.
"""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from milepost.engine.backing.mongo import CONNECTIONS, messages
from milepost.engine.backing.mongo.allowed import is_greeting
from milepost.engine.backing.mongo.evidence import (
    DocumentCommand,
    DocumentExchange,
    DocumentRefused,
    DocumentReply,
)
from milepost.engine.backing.mongo.held_writes import HeldWrites
from milepost.engine.backing.mongo.relay import Relay, SeenCommand
from milepost.engine.backing.mongo.session import Session, StoreGone
from milepost.engine.backing.mongo.wire import Document, as_plain
from milepost.engine.checks.context import CheckContext
from milepost.engine.checks.faults import GuestFault, GuestTimedOut, LimitReached
from milepost.engine.evidence.contract import NOTHING, Actor, Nothing

PORT = 27017
DATABASE = "lab"
_MOST_SHOWN = 60
_KEPT = 16  # times `output_bytes`, of all that learner code sends in one check
_NAME = "mongo"


class MongoRefused(GuestFault):
    """The store refused what the check asked of it. `code` is MongoDB's."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class RanCommand:
    """A command that learner code ran. `at` is in seconds since the run began."""

    name: str  # as MongoDB has it, such as find or insert
    collection: str
    body: Document
    reply: Document | None
    at: float

    def __str__(self) -> str:
        """Write it shortly."""
        return f"{self.name} {self.collection}".strip()


class Mongo:
    """The check's document store."""

    def __init__(self, check: CheckContext) -> None:
        self._check = check
        given = check.engine.ask_component(_NAME, messages.OpenMongo(), messages.GIVEN)
        self.title, self.version = given.title, given.version
        self._place = check.engine.take_descriptor()
        limits = check.settings.limits
        path = f"/proc/self/fd/{self._place}"
        self._session = Session(path, limits.run_seconds)
        self._relay = Relay(path, CONNECTIONS.of(limits), _KEPT * limits.output_bytes)
        check.forward_port(PORT, self._relay.take_place())
        self.url = f"mongodb://localhost:{PORT}/{DATABASE}"
        check.environment["MONGO_URL"] = self.url

    # What is in it

    def command(self, **command: Any) -> Document:
        """Run any command in the lab's database, and return its reply as plain values.

        Ids are the text of their digits, times are text as `2026-01-31T12:00:00.000Z`. A refusal
        is a MongoRefused. Cursors are read whole, into `firstBatch`.
        """
        since = time.monotonic()
        name = next(iter(command))
        about = command[name] if isinstance(command[name], str) else DATABASE
        response: DocumentReply | DocumentRefused | Nothing = NOTHING
        try:
            reply = self._run(command)
            if self._check.has_begun:
                reply = self._check.take(f"reply to {name}", reply)
            response = DocumentReply(reply)
        except MongoRefused as refused:
            response = DocumentRefused(str(refused), refused.code)
            raise
        finally:
            piece = DocumentExchange(
                title=f"{name} {about}",
                request=DocumentCommand(name, about, as_plain(command)),
                response=response,
            )
            self._check.recorder.record(piece, since=since)
        return reply

    def find(
        self,
        collection: str,
        where: Mapping[str, Any] | None = None,
        *,
        sort: Mapping[str, int] | None = None,
    ) -> list[Document]:
        """List the documents of a collection, as plain values."""
        order = {"sort": dict(sort)} if sort else {}
        return self._read(find=collection, filter=dict(where or {}), batchSize=10_000, **order)

    def insert(self, collection: str, *documents: Mapping[str, Any]) -> None:
        """Put documents into a collection. What a unique index refuses is a MongoRefused."""
        reply: Any = self.command(insert=collection, documents=[dict(each) for each in documents])
        errors = reply.get("writeErrors") if isinstance(reply, dict) else None
        if errors:
            raise MongoRefused(
                f"The document store refused a document of the check: {errors[0].get('errmsg')}",
                int(errors[0].get("code", 0)),
            )

    def count(self, collection: str, where: Mapping[str, Any] | None = None) -> int:
        """Count the documents of a collection."""
        return len(self.find(collection, where))

    def indexes(self, collection: str) -> list[Document]:
        """List the indexes of a collection: `name`, `key` (field to direction), `unique`."""
        try:
            found = self._read(listIndexes=collection)
        except MongoRefused:  # there is no such collection
            return []
        return [{"unique": False, **each} for each in found]

    # What learner code did

    def commands(self, *names: str) -> list[RanCommand]:
        """List what learner code ran so far, in order; only these commands, if some are named.

        Without names, what drivers say to greet the store is left out.
        """
        self._require_heard()
        wanted = {name.lower() for name in names}
        ran = [
            self._read_seen(each)
            for each in self._relay.list_seen()
            if (each.name.lower() in wanted if wanted else not is_greeting(each.name))
        ]
        return self._check.take("records commands", ran)

    def show_commands(self) -> None:
        """Put what learner code ran into the evidence, the last of it if there is very much."""
        seen = [each for each in self._relay.list_seen() if not is_greeting(each.name)]
        if len(seen) > _MOST_SHOWN:
            left_out = len(seen) - _MOST_SHOWN
            self._check.recorder.note(
                f"Your code ran {left_out} more commands before those that are shown"
            )
        for each in seen[-_MOST_SHOWN:]:
            ran = self._read_seen(each)
            piece = DocumentExchange(
                title=str(ran),
                actor=Actor.LEARNER,
                request=DocumentCommand(ran.name, ran.collection, ran.body),
                response=_read_response(ran.reply),
            )
            ended_at = each.ended_at if each.ended_at is not None else each.began_at
            self._check.recorder.record(piece, since=each.began_at, until=ended_at)

    # Its troubles

    def held_writes(self) -> HeldWrites:
        """Let whoever writes wait, in a `with` block, while reads go on."""
        return HeldWrites(self._relay, self._check.recorder)

    def kill_connections(self) -> None:
        """Hang up on learner code, as a restart or a broken network would."""
        self._check.recorder.note("The document store hangs up")
        self._relay.hang_up()

    def close(self) -> None:
        """Hand the store on, as empty as it came; where that is not sure, the engine ends it."""
        is_idle = self._relay.is_idle
        self._relay.close()
        try:
            if is_idle:
                self._session.clear()
                self._check.engine.ask_component(_NAME, messages.MongoLeftClean(), messages.DONE)
        except StoreGone:
            pass  # the engine knows, or finds out, why
        finally:
            self._session.close()
            os.close(self._place)

    def _read(self, **command: Any) -> list[Document]:
        reply: Any = self.command(**command)  # or what a spoiled answer has in its place
        cursor = reply.get("cursor") if isinstance(reply, dict) else None
        found = cursor.get("firstBatch") if isinstance(cursor, dict) else None
        return found if isinstance(found, list) else []

    def _run(self, command: Mapping[str, Any]) -> Document:
        self._require_heard()
        try:
            reply = self._session.read_all(DATABASE, command)
        except StoreGone as gone:
            raise self._explain_end() from gone
        if not reply.get("ok"):
            name = next(iter(command))
            raise MongoRefused(
                f"The document store refused what the check asked of it, `{name}`:"
                f" {reply.get('errmsg')}",
                int(reply.get("code", 0)),
            )
        return reply

    def _require_heard(self) -> None:
        """Raise LimitReached where learner code sent too much, or opened too many connections."""
        if self._relay.is_full:
            size = _KEPT * self._check.settings.limits.output_bytes // 1024
            raise LimitReached(
                f"Your code sent more than {size} KiB of commands to the document store in one"
                " check.",
                limit="output_bytes",
            )
        if self._relay.was_crowded:
            most = CONNECTIONS.of(self._check.settings.limits)
            raise LimitReached(
                f"Your code opened more than {most} connections to the document store at once.",
                limit=CONNECTIONS.name,
            )

    def _explain_end(self) -> GuestFault:
        """Find out why the store is gone. Where the fault is ours, the whole run ends here."""
        ended = self._check.engine.ask_component(_NAME, messages.AskWhyMongoEnded(), messages.ENDS)
        if ended.limit == "wall_seconds" or ended.limit is None:
            reason = ended.reason or "The document store did not answer the check in time."
            return GuestTimedOut(reason, limit=ended.limit or "run_seconds")
        return LimitReached(ended.reason, limit=ended.limit)

    def _read_seen(self, seen: SeenCommand) -> RanCommand:
        first = seen.body.get(seen.name)
        collection = first if isinstance(first, str) else str(seen.body.get("collection", ""))
        at = round(seen.began_at - self._check.settings.started_at, 4)
        return RanCommand(seen.name, collection, seen.body, seen.reply, at)


def _read_response(reply: Document | None) -> DocumentReply | DocumentRefused | Nothing:
    if reply is None:
        return NOTHING
    if not reply.get("ok"):
        return DocumentRefused(str(reply.get("errmsg", "")), int(reply.get("code", 0) or 0))
    return DocumentReply(reply)
