"""The first process of every guest: writes files, starts programs, reports how they ended.

It takes orders from one inherited socket and holds no secret. Learner code has the same uid, but
can neither read its memory nor take its socket, since it is undumpable; nor kill or stop the first
process of a pid namespace. When its host goes or anything is odd, it exits, and the guest with it.
It imports as little as it can, since every guest pays for it, and what `ahead` is told to.
"""

from __future__ import annotations

import fcntl
import os
import resource
import sys

from milepost.engine.guest import plain_json
from milepost.engine.guest.ahead import ImportsAhead, import_all
from milepost.engine.guest.becoming import become
from milepost.engine.guest.children import Children
from milepost.engine.guest.descriptors import receive_with_descriptors
from milepost.engine.guest.forking import (
    Became,
    Spare,
    can_fork,
    set_dumpable,
)
from milepost.engine.guest.loop import READ, Loop
from milepost.engine.guest.native import signal, socket
from milepost.engine.guest.scratch import PLACES, SCRATCH, empty, scratch_use, write_file
from milepost.engine.guest.waiting import Waiting
from milepost.engine.guest.wire import Decoder, Frame, encode

TYPE_CHECKING = False  # as in `typing`, whose import every guest would pay for
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from milepost.engine.guest.doors import Doors
    from milepost.engine.guest.parked import Parked

_MAX_FDS = 8
_FEWEST_COPIES = 3  # for fewer, importing under watch and parking take longer than they save


class Launcher:
    """Obeys the orders that arrive on `control`, one at a time."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._connected = True
        self._decoder = Decoder(plain_json.read)  # what comes from the host is bounded there
        self._fds: list[int] = []
        self._files: dict[str, bytes] = {}
        self._may_fork = False
        self._imports = ImportsAhead()
        self._checkpoint = ""
        self._spare: Spare | Waiting | None = None
        self._parked: Parked | None = None  # made where copies of a service may wait
        self._is_clean = False  # since the last reset nobody has run or written anything
        self._loop = Loop()
        self._children = Children(self._loop, self._report_exit, can_list=not PLACES.root)
        self._doors: Doors | None = None  # made when the first is wanted
        self._orders: dict[str, Callable[[Frame], None]] = {
            "preload": self._preload,
            "begin": self._begin,
            "put": self._put,
            "reset": self._reset,
            "write": self._write,
            "prepare": self._prepare,
            "go_on": self._go_on,
            "run": self._run,
            "kill": self._kill,
            "dial": self._dial,
            "listeners": self._list_listeners,
            "open_door": self._open_door,
            "close_door": self._close_door,
            "open_entrance": self._open_entrance,
            "close_entrances": self._close_entrances,
        }

    def serve(self) -> None:
        """Obey until the host closes the socket."""
        self._loop.watch(self._control, READ, self._take_orders)
        self._say(event="ready")
        while self._connected:
            if self._doors is None:
                self._loop.turn(None)
            else:
                self._loop.turn(self._doors.forwarder.pause_seconds)
                self._doors.forwarder.try_again()

    def _take_orders(self) -> None:
        data, fds = receive_with_descriptors(self._control, 1 << 20, _MAX_FDS)
        self._fds += fds
        self._connected = bool(data)
        self._decoder.feed(data)
        while (frame := self._decoder.next_frame()) is not None:
            self._orders[frame.body["op"]](frame)

    def _preload(self, order: Frame) -> None:
        """Import what the stack's programs will need, while nobody waits for it yet."""
        # Without namespaces every program is started: descriptors cannot be sent to a fork there.
        self._may_fork = bool(order.body["modules"]) and not PLACES.root
        if self._may_fork:
            import_all(order.body["modules"], order.body["warm_up"])
            self._checkpoint = order.body["checkpoint"]
        self._say(event="preloaded")

    def _begin(self, order: Frame) -> None:
        """Bind the launcher, and so everything it will start, to the limits of this run."""
        for name, value in order.body["rlimits"].items():
            resource.setrlimit(getattr(resource, name), (value, value))
        self._imports = ImportsAhead(order.body["imports"])
        if self._checkpoint and order.body["may_park"]:
            from milepost.engine.guest.parked import Parked  # such a stack has loaded all it needs

            self._parked = self._children.parked = Parked(SCRATCH)
        self._say(event="begun")

    def _put(self, order: Frame) -> None:
        """Keep a file of the submission in memory; every reset writes it out again."""
        self._files[order.body["path"]] = order.payload

    def _reset(self, _: Frame) -> None:
        """Give the next check a clean slate: no process, and no file but the submission's."""
        self._drop_spare()
        self._children.end_all()
        if self._doors is not None:
            self._doors.close()
        self._lay_out()
        self._say(event="reset")
        if self._may_fork and not (self._parked and self._parked.pids):
            self._imports.import_wanted()
            # Whoever asked has things to do of its own now, so this costs nobody's time.
            self._spare = Spare()

    def _lay_out(self) -> None:
        """Have the submission's files where they belong, and no others."""
        for folder in SCRATCH:
            empty(folder)
        for path, content in self._files.items():
            write_file(path, content)
        self._is_clean = True

    def _write(self, order: Frame) -> None:
        self._is_clean = False
        try:
            write_file(order.body["path"], order.payload)
        except OSError as error:
            self._say(event="refused", reason=str(error))
        else:
            self._say(event="written")

    def _run(self, order: Frame) -> None:
        """Start a program on the descriptors that came with the order: 0, 1, 2 and beyond."""
        run_id, argv = order.body["id"], [PLACES.find(each) for each in order.body["argv"]]
        fds = self._take_descriptors(order)
        try:
            pid = self._start(
                argv, PLACES.find_all(order.body["environment"]), fds, order.body.get("copies", 0)
            )
        except OSError as error:
            _close(fds)
            self._say(event="refused", id=run_id, reason=str(error))
            return
        self._is_clean = False
        _close(fds)  # not in a `finally`: a fork unwinds through here, with descriptors of its own
        self._children.add(run_id, pid)
        self._say(event="started", id=run_id)

    def _prepare(self, order: Frame) -> None:
        """Start a program that waits: with nothing of learner code in the room, or not at all."""
        self._drop_spare()
        fds = self._take_descriptors(order)
        try:
            self._spare = Waiting(_spawn, order.body, fds)
        except OSError:
            return  # it is started when it is wanted, or refused then
        finally:
            _close(fds)

    def _go_on(self, order: Frame) -> None:
        """Tell the program that waits to go on, if it is the one that is wanted."""
        waiting, self._spare = self._spare, None
        argv, environment = order.body["argv"], order.body["environment"]
        if isinstance(waiting, Waiting) and waiting.go_on(argv, environment):
            self._children.add(order.body["id"], waiting.pid)
            self._say(event="started", id=order.body["id"])
            return
        if waiting is not None:
            waiting.end()
        self._say(event="not_waiting")

    def _take_descriptors(self, order: Frame) -> list[int]:
        count = order.body["fds"]
        taken, self._fds = self._fds[:count], self._fds[count:]
        return taken

    def _start(
        self, argv: list[str], environment: dict[str, str], fds: list[int], copies: int
    ) -> int:
        if not (self._may_fork and can_fork(argv, environment, self._imports)):
            self._drop_spare()
            return _spawn(argv, environment, fds)
        if self._is_clean and copies and (pid := self._take_copy(argv, environment, fds, copies)):
            return pid
        spare = self._take_spare()
        try:
            spare.begin(argv, environment, fds)
        except OSError:
            spare.end()
            raise
        return spare.pid

    def _take_copy(
        self, argv: list[str], environment: dict[str, str], fds: list[int], copies: int
    ) -> int | None:
        """Start a service as a copy of one that has imported everything, if it can be alike."""
        parked = self._parked
        is_told = self._doors is not None and self._doors.are_open
        if parked is None or is_told or self._imports.looks_at_processes:
            return None
        start = parked.describe_start(argv, environment)
        is_worth_it = copies >= _FEWEST_COPIES and parked.may_fill(start)
        if is_worth_it and not parked.fill(self._take_spare(), start, copies, self._checkpoint):
            self._children.end_all()
            self._lay_out()
        return parked.take(start, fds)

    def _take_spare(self) -> Spare:
        spare, self._spare = self._spare, None
        return spare if isinstance(spare, Spare) else Spare()

    def _drop_spare(self) -> None:
        """End what waits: no learner code may ever meet it."""
        if self._spare is not None:
            self._spare.end()
            self._spare = None

    def _kill(self, order: Frame) -> None:
        self._children.kill(order.body["id"])

    def _dial(self, order: Frame) -> None:
        """Connect the socket that came with the order to a port where learner code may listen."""
        number = order.body["id"]

        def answer(reason: str | None) -> None:
            if reason is None:
                self._say(event="dialled", id=number)
            else:
                self._say(event="not_dialled", id=number, reason=reason)

        self._get_doors().dial(
            order.body["port"],
            self._fds.pop(0),
            answer,
            patience_seconds=order.body["patience_seconds"],
        )

    def _list_listeners(self, _: Frame) -> None:
        from milepost.engine.guest.listeners import list_listeners  # where a server is silent

        self._say(event="listeners", addresses=list_listeners())

    def _open_door(self, order: Frame) -> None:
        """Lead a port to the socket file that came with the order."""
        target = self._fds.pop(0)
        try:
            self._get_doors().open(order.body["port"], target)
        except OSError as error:
            os.close(target)
            self._say(event="refused", reason=str(error))
        else:
            self._say(event="door_opened")

    def _close_door(self, order: Frame) -> None:
        """Have nothing listen on a port any more."""
        self._get_doors().close_one(order.body["port"])
        self._say(event="door_closed")

    def _open_entrance(self, order: Frame) -> None:
        """Lead whoever connects to the listener that came with the order to a port here."""
        self._get_doors().let_in_at(self._fds.pop(0), order.body["port"])
        self._say(event="entrance_opened")

    def _close_entrances(self, _: Frame) -> None:
        self._get_doors().close_entrances()
        self._say(event="entrances_closed")

    def _get_doors(self) -> Doors:
        if self._doors is None:
            from milepost.engine.guest.doors import Doors  # with `socket`, which few guests need

            self._doors = Doors(self._loop)
        return self._doors

    def _report_exit(self, run_id: int, code: int, memory_bytes: int, seconds: float) -> None:
        disk_bytes, files = scratch_use()
        self._say(
            event="exited",
            id=run_id,
            code=code,
            seconds=seconds,
            memory_bytes=memory_bytes,
            disk_bytes=disk_bytes,
            files=files,
        )

    def _say(self, **body: Any) -> None:
        self._control.sendall(encode(body))


def _spawn(argv: list[str], environment: Mapping[str, str], fds: list[int]) -> int:
    # Received descriptors may have low numbers, which one dup2 after another would overwrite.
    lifted = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 2 * _MAX_FDS) for fd in fds]
    try:
        return os.posix_spawnp(
            argv[0],
            argv,
            environment,
            file_actions=[(os.POSIX_SPAWN_DUP2, fd, target) for target, fd in enumerate(lifted)],
            setsid=True,
            setsigdef=[signal.SIGINT, signal.SIGPIPE, signal.SIGXFSZ],
        )
    finally:
        _close(lifted)


def _close(fds: list[int]) -> None:
    for fd in fds:
        os.close(fd)


def _require_closed() -> None:
    """Refuse to go on without namespaces where processes outside could be reached by a signal.

    Else a reset, which kills whomever it can, would not end at the room's walls.
    """
    try:
        os.kill(os.getppid(), 0)
    except PermissionError:
        return
    sys.exit("the room may signal processes outside, so nothing is run in it")


def main() -> None:
    """Run with the number of the control socket as the only argument."""
    if PLACES.root:
        _require_closed()
    set_dumpable(False)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control = socket.socket(fileno=int(sys.argv[1]))
    os.set_inheritable(control.fileno(), False)
    program = None
    try:
        Launcher(control).serve()
    except Became as became:
        # Its traceback keeps the launcher's sockets alive: collected, they would close numbers
        # that by then belong to the program.
        program = became
    if program is not None:
        follow = None
        if program.copying is not None:
            from milepost.engine.guest.importing import Import  # only what is copied is followed

            follow = Import(*program.copying).follow
        become(program.argv, follow)
