"""One grading from start to end: a check process, the guests it asks for, and the clock.

Learner code decides nothing here. The check process says how checks went; this side keeps the
time, ends guests, and answers why. What it all adds up to is `ledger`.
"""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import replace
from typing import Any

from milepost.engine.channel import Channel
from milepost.engine.check_hosts import CheckHost, CheckHosts
from milepost.engine.checks.settings import Settings
from milepost.engine.errors import LabNotLoaded
from milepost.engine.guest.wire import MalformedFrame
from milepost.engine.guest_pool import GuestPool
from milepost.engine.guests import GuestLost, GuestNotStarted
from milepost.engine.ledger import Ledger, read_usage
from milepost.engine.request import GradeRequest
from milepost.engine.results import (
    CheckFinished,
    CheckResult,
    ChecksCollected,
    CheckStarted,
    Event,
    GradingFinished,
    Outcome,
)
from milepost.engine.rooms import program_environment
from milepost.engine.run_guests import RunGuests
from milepost.engine.sandbox import Isolation
from milepost.engine.serialize import info_from_json, result_from_json, to_json
from milepost.engine.services.contract import ServiceUnavailable
from milepost.engine.services.run_services import LabServices, RunServices
from milepost.engine.stacks import Stack

_GRACE_SECONDS = 5.0  # for a check to notice that the time is up
_SILENT = "the check process ended before its checks did."


class EngineFault(RuntimeError):
    """Milepost itself failed. The learner is not to blame and loses nothing."""


class GradingRun:
    """Grades one request. `events` is read once; `stop` must follow, however it ended."""

    def __init__(
        self,
        isolation: Isolation,
        request: GradeRequest,
        stack: Stack,
        hosts: CheckHosts,
        guests: GuestPool,
        lab_services: LabServices,
    ) -> None:
        self._isolation = isolation
        self._request = request
        self._stack = stack
        self._hosts = hosts
        self._lab_services = lab_services
        self._services = RunServices()
        self._ledger = Ledger(request, stack.version, str(isolation))
        self._guests = RunGuests(isolation, guests, stack, request, self._ledger)
        self._started_at = time.monotonic()
        self._deadline = self._started_at + request.limits.wall_seconds
        self._time_is_up = False
        self._host: CheckHost | None = None
        self._run_number = 0
        self._channel: Channel | None = None

    async def events(self) -> AsyncGenerator[Event, None]:
        """Run all checks and yield what happens as it happens; the report comes last."""
        try:
            await self._start()
            async for event in self._follow():
                yield event
        except LabNotLoaded as broken:
            self._ledger.broken = str(broken)
        except (EngineFault, GuestLost, GuestNotStarted, ServiceUnavailable) as fault:
            self._ledger.fault = str(fault)
        except (MalformedFrame, OSError, TypeError) as fault:
            self._ledger.fault = str(fault) or repr(fault)
        except (KeyError, ValueError) as fault:
            self._ledger.fault = f"the check process spoke nonsense: {fault!r}"
        await self.stop()
        report = self._ledger.report(time.monotonic() - self._started_at)
        yield GradingFinished(report)

    def diagnostics(self) -> str:
        """Say what an operator needs to find a fault of Milepost; learners never see it."""
        said = self._host.diagnostics() if self._host is not None else ""
        return f"{self._ledger.fault}\n\nThe check process wrote:\n{said}\n"

    async def stop(self) -> None:
        """End everything that this run has started, and wait until it is gone."""
        await self._guests.stop()
        if self._channel is not None:
            self._channel.close()
            self._channel = None
        if self._host is not None and self._run_number:
            number, self._run_number = self._run_number, 0
            with suppress(OSError):
                await self._host.end_run(number)
        self._ledger.add_usage(await self._services.stop())

    async def _start(self) -> None:
        if self._stack.runs_code:
            # The guest comes up while a cold check process still imports pytest.
            self._guests.begin()
        self._services = await self._lab_services.open(
            self._isolation, self._request, self._ledger.has_more_checks
        )
        self._host, self._run_number, self._channel = await self._hosts.begin_run(
            self._isolation, self._request.lab, self._open
        )

    def _open(self) -> dict[str, Any]:
        """Start the clock, and answer what a check process is told first."""
        self._started_at = time.monotonic()
        self._deadline = self._started_at + self._request.limits.wall_seconds
        opening: dict[str, Any] = to_json(self._settings())
        return opening

    async def _follow(self) -> AsyncGenerator[Event, None]:
        """Listen to the check process until it is done, or its time is up."""
        while (body := await self._receive()) is not None:
            if "ask" in body:
                await self._answer(body)
                continue
            if body["say"] == "finished":
                body["limit"] = await self._services.end_check() or body["limit"]
            event = self._read(body)
            if event is not None:
                yield event
            if body["say"] == "done":
                return

    async def _receive(self) -> dict[str, Any] | None:
        """Wait for the next message; None when the run is over without a last word."""
        channel = self._require_channel()
        try:
            async with asyncio.timeout(self._deadline - time.monotonic()):
                frame = await channel.receive()
        except TimeoutError:
            if self._time_is_up:
                self._ledger.blame_check()  # no learner code kept it waiting
                return None
            await self._call_time()
            return await self._receive()
        if frame is None:
            raise EngineFault(_SILENT)
        return frame.body

    def _read(self, body: dict[str, Any]) -> Event | None:
        """Enter a message into the ledger; answer the event it stands for, if it is one."""
        match body["say"]:
            case "collected":
                infos = tuple(info_from_json(item) for item in body["checks"])
                self._ledger.collect(infos)
                return ChecksCollected(infos)
            case "started":
                if self._ledger.begins_hidden(body["name"]):
                    self._seal()
                self._ledger.start(body["name"])
                return CheckStarted(body["name"])
            case "finished":
                result, limit = self._name_limit(result_from_json(body["result"]), body["limit"])
                self._ledger.finish(result, limit)
                self._ledger.add_usage(read_usage(body["usage"]))
                return CheckFinished(result)
            case "ended_early":
                self._ledger.why_not_run = str(body["reason"])
            case "broken":
                self._ledger.broken = str(body["reason"])
            case "fault":
                raise EngineFault(f"the check process failed: {body['reason']}")
        return None

    def _seal(self) -> None:
        """Keep what hidden checks, which run last, use and reach from the learner."""
        for usage in (*self._guests.usage(), self._services.usage()):
            self._ledger.add_usage(usage)
        self._ledger.seal(time.monotonic() - self._started_at)

    def _name_limit(self, result: CheckResult, limit: str | None) -> tuple[CheckResult, str | None]:
        """Say so if the kernel ended something of the learner's, and the check failed for it."""
        hit = self._guests.take_refusal()
        if limit or hit is None or result.outcome not in {Outcome.FAILED, Outcome.CRASHED}:
            return result, limit
        message = self._request.limits.describe(hit)
        return replace(result, outcome=Outcome.CRASHED, message=message), hit

    async def _answer(self, body: dict[str, Any]) -> None:
        """Answer a check process: what it asks for, or the reason why it can't have it."""
        channel = self._require_channel()
        match body["ask"]:
            case "end":
                limit, reason = await self._guests.end(body["number"])
                await channel.send({"limit": limit, "reason": reason})
            case "file":
                content = self._request.files.get(body["path"])
                await channel.send({"found": content is not None}, content or b"")
            case "files":
                await channel.send({"names": sorted(self._request.files)})
            case "guest" | "service" if self._time_is_up and body.get("what", "open") == "open":
                reason = self._request.limits.describe("wall_seconds")
                refused = {"limit": "wall_seconds", "reason": reason}
                await channel.send({"guest": False, "refused": True, **refused})
            case "guest":
                guest = await self._guests.get(body["number"])
                await channel.send_with({"guest": True}, [guest.control.fileno()])
                guest.control.close()  # from here on, only the check process talks with it
            case "service":
                reply = await self._services.answer(body)
                await channel.send_with(reply.body, reply.descriptors)

    async def _call_time(self) -> None:
        """End the guest; whatever check was using it gets a little time to say so."""
        self._time_is_up = True
        self._deadline = time.monotonic() + _GRACE_SECONDS
        await self._guests.end_all("wall_seconds")
        await self._services.end_sessions("wall_seconds")
        self._ledger.reach("wall_seconds")

    def _settings(self) -> Settings:
        request, stack = self._request, self._stack
        return Settings(
            seed=request.seed,
            include_hidden=request.include_hidden,
            only=request.only,
            started_at=self._started_at,
            limits=request.limits,
            program=request.entry.program,
            module=request.entry.module,
            harness=stack.harness,
            program_environment=program_environment(stack, harness=False),
            harness_environment=program_environment(stack, harness=True),
            service=request.entry.service,
            loads_ahead=self._guests.loads_ahead,
            services=request.services,
            spoil=request.spoil,
        )

    def _require_channel(self) -> Channel:
        if self._channel is None:
            raise EngineFault("the run has not started.")
        return self._channel
