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

from milepost.engine.agent.ahead import ImportsAhead, import_all
from milepost.engine.agent.becoming import become
from milepost.engine.agent.children import Children
from milepost.engine.agent.descriptors import receive_with_descriptors
from milepost.engine.agent.forking import (
    Became,
    Spare,
    can_fork,
    set_dumpable,
)
from milepost.engine.agent.loop import READ, Loop
from milepost.engine.agent.native import signal, socket
from milepost.engine.agent.scratch import (
    MOUNTS,
    SCRATCH,
    empty,
    read_files,
    remove,
    scratch_use,
    write_file,
)
from milepost.engine.agent.waiting import Waiting
from milepost.engine.protocol import guest as told
from milepost.engine.protocol import plain_json
from milepost.engine.protocol.frames import Decoder, encode_message

TYPE_CHECKING = False  # as in `typing`, whose import every guest would pay for
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from milepost.engine.agent.parked import Parked
    from milepost.engine.agent.port_forwards import PortForwards

_MAX_FDS = 8
_FEWEST_COPIES = 3  # for fewer, importing under watch and parking take longer than they save


class Launcher:
    """Obeys the orders that arrive on `control`, one at a time."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._connected = True
        self._decoder = Decoder(plain_json.read)  # what comes from the host is bounded there
        self._fds: list[int] = []
        self._files: dict[str, tuple[bytes, bool]] = {}  # content, and whether it can be started
        self._may_fork = False
        self._imports = ImportsAhead()
        self._checkpoint = ""
        self._spare: Spare | Waiting | None = None
        self._parked: Parked | None = None  # made where copies of a service may wait
        self._is_clean = False  # since the last reset nobody has run or written anything
        self._loop = Loop()
        self._children = Children(self._loop, self._report_exit, can_list=not MOUNTS.root)
        self._forwards: PortForwards | None = None  # made when the first is wanted
        self._orders: dict[type[told.Message], Callable[[Any], None]] = {
            told.Preload: self._preload,
            told.Submitted: self._look_ahead,
            told.Begin: self._begin,
            told.Put: self._put,
            told.Renew: self._renew,
            told.Reset: self._reset,
            told.Write: self._write,
            told.Remove: self._write,
            told.Prepare: self._prepare,
            told.GoOn: self._go_on,
            told.Run: self._run,
            told.Collect: self._collect,
            told.Kill: self._kill,
            told.Connect: self._connect,
            told.ListListeners: self._list_listeners,
            told.OpenPortForward: self._forward_port,
            told.ClosePortForward: self._close_forward,
            told.OpenListener: self._open_listener,
            told.CloseListeners: self._close_listeners,
        }

    def serve(self) -> None:
        """Obey until the host closes the socket."""
        self._loop.watch(self._control, READ, self._take_orders)
        self._tell(told.Ready())
        while self._connected:
            if self._forwards is None:
                self._loop.turn(None)
            else:
                self._loop.turn(self._forwards.forwarder.pause_seconds)
                self._forwards.forwarder.try_again()

    def _take_orders(self) -> None:
        data, fds = receive_with_descriptors(self._control, 1 << 20, _MAX_FDS)
        self._fds += fds
        self._connected = bool(data)
        self._decoder.feed(data)
        while (frame := self._decoder.next_frame()) is not None:
            order = told.decode_order(frame)
            self._orders[type(order)](order)

    def _preload(self, order: told.Preload) -> None:
        """Import what the stack's programs will need, while nobody waits for it yet."""
        # Without namespaces every program is started: descriptors cannot be sent to a fork there.
        self._may_fork = bool(order.modules) and not MOUNTS.root
        if self._may_fork:
            import_all(order.modules, order.warm_up)
            self._checkpoint = order.checkpoint
        self._tell(told.Preloaded())

    def _look_ahead(self, order: told.Submitted) -> None:
        self._imports = ImportsAhead(order)

    def _begin(self, order: told.Begin) -> None:
        """Bind the launcher, and so everything it will start, to the limits of this run."""
        for name, value in order.rlimits.items():
            resource.setrlimit(getattr(resource, name), (value, value))
        if self._checkpoint and order.may_park:
            from milepost.engine.agent.parked import Parked  # such a stack has loaded all it needs

            self._parked = self._children.parked = Parked(SCRATCH)
        self._tell(told.Begun())

    def _put(self, order: told.Put) -> None:
        """Keep a file of the submission in memory; every reset writes it out again."""
        self._files[order.path] = order.content, order.is_program

    def _renew(self, _: told.Renew) -> None:
        """Forget a run that has ended: what it was given, and what a reset would end."""
        if self._parked is not None:
            self._parked.end()
            self._parked = self._children.parked = None
        _close(self._take_descriptors(len(self._fds)))
        self._files.clear()
        self._imports = ImportsAhead()
        self._clear()
        self._tell(told.Renewed())

    def _reset(self, _: told.Reset) -> None:
        """Give the next check a clean slate: no process, and no file but the submission's."""
        self._clear()
        self._tell(told.ResetDone())
        if self._may_fork and not (self._parked and self._parked.pids):
            self._imports.import_wanted()
            # The check has things to do of its own now, so this costs nobody's time.
            self._spare = Spare()

    def _clear(self) -> None:
        self._drop_spare()
        self._children.end_all()
        if self._forwards is not None:
            self._forwards.close()
        self._lay_out()

    def _lay_out(self) -> None:
        """Have the submission's files where they belong, and no others."""
        for folder in SCRATCH:
            empty(folder)
        for path, (content, is_program) in self._files.items():
            write_file(path, content, is_program=is_program)
        self._is_clean = True

    def _write(self, order: told.Write | told.Remove) -> None:
        self._is_clean = False
        try:
            if isinstance(order, told.Remove):
                event: told.Message = told.Removed(remove(order.path))
            else:
                write_file(order.path, order.content)
                event = told.Written()
        except OSError as error:
            event = told.Denied(str(error))
        self._tell(event)

    def _run(self, order: told.Run) -> None:
        """Start a program on the descriptors that came with the order: 0, 1, 2 and beyond."""
        argv = [MOUNTS.find(each) for each in order.argv]
        fds = self._take_descriptors(order.fds)
        try:
            pid = self._start(argv, MOUNTS.find_all(order.environment), fds, order.copies)
        except OSError as error:
            _close(fds)
            self._tell(told.Denied(str(error)))
            return
        self._is_clean = False
        _close(fds)  # not in a `finally`: a fork unwinds through here, with descriptors of its own
        self._children.add(order.number, pid)
        self._tell(told.Started(order.number))

    def _prepare(self, order: told.Prepare) -> None:
        """Start a program that waits: with nothing of learner code here, or not at all."""
        self._drop_spare()
        fds = self._take_descriptors(order.fds)
        try:
            self._spare = Waiting(_spawn, order, fds)
        except OSError:
            return  # it is started when it is wanted, or refused then
        finally:
            _close(fds)

    def _go_on(self, order: told.GoOn) -> None:
        """Tell the program that waits to go on, if it is the one that is wanted."""
        waiting, self._spare = self._spare, None
        if isinstance(waiting, Waiting) and waiting.go_on(order.argv, order.environment):
            self._children.add(order.number, waiting.pid)
            self._tell(told.Started(order.number))
            return
        if waiting is not None:
            waiting.end()
        self._tell(told.NotWaiting())

    def _take_descriptors(self, count: int) -> list[int]:
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
        if parked is None or self._imports.looks_at_processes:
            return None
        start = parked.describe_start(argv, environment)
        if copies >= _FEWEST_COPIES and parked.may_fill(start):
            # PortForwards stay open, so that an import can't tell, and nobody is let through
            # meanwhile.
            forwards = self._forwards.listeners if self._forwards is not None else []
            if not parked.fill(self._take_spare(), start, copies, self._checkpoint, forwards):
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

    def _collect(self, order: told.Collect) -> None:
        """Send what a build has made, for a run's guests to have it from their start."""
        try:
            for file in read_files(MOUNTS.find(order.folder), order.most_files, order.most_bytes):
                self._tell(told.Collected(*file))
        except OSError as error:
            self._tell(told.Denied(str(error)))
        else:
            self._tell(told.AllCollected())

    def _kill(self, order: told.Kill) -> None:
        self._children.kill(order.number)

    def _connect(self, order: told.Connect) -> None:
        """Connect the socket that came with the order to a port where learner code may listen."""
        number = order.number

        def tell(reason: str | None) -> None:
            if reason is None:
                self._tell(told.Connected(number))
            else:
                self._tell(told.NotConnected(number, reason))

        self._get_forwards().dial(
            order.port, self._fds.pop(0), tell, patience_seconds=order.patience_seconds
        )

    def _list_listeners(self, _: told.ListListeners) -> None:
        from milepost.engine.agent.listening import list_listeners  # where a server is silent

        self._tell(told.Listeners(list_listeners()))

    def _forward_port(self, order: told.OpenPortForward) -> None:
        """Lead a port to the socket file that came with the order."""
        target = self._fds.pop(0)
        try:
            self._get_forwards().open(order.port, target)
        except OSError as error:
            os.close(target)
            self._tell(told.Denied(str(error)))
        else:
            self._tell(told.PortForwardOpened())

    def _close_forward(self, order: told.ClosePortForward) -> None:
        """Have nothing listen on a port any more."""
        self._get_forwards().close_one(order.port)
        self._tell(told.PortForwardClosed())

    def _open_listener(self, order: told.OpenListener) -> None:
        """Lead connections to the listener that came with the order to a port here."""
        self._get_forwards().listen_outside(self._fds.pop(0), order.port)
        self._tell(told.ListenerOpened())

    def _close_listeners(self, _: told.CloseListeners) -> None:
        self._get_forwards().close_listeners()
        self._tell(told.ListenersClosed())

    def _get_forwards(self) -> PortForwards:
        if self._forwards is None:
            from milepost.engine.agent.port_forwards import (
                PortForwards,  # with `socket`, which few guests need
            )

            self._forwards = PortForwards(self._loop)
        return self._forwards

    def _report_exit(self, number: int, code: int, memory_bytes: int, seconds: float) -> None:
        disk_bytes, files = scratch_use()
        self._tell(told.Exited(number, code, seconds, memory_bytes, disk_bytes, files))

    def _tell(self, event: told.Message) -> None:
        self._control.sendall(encode_message(event))


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

    Else a reset, which kills whomever it can, would not end at the sandbox's walls.
    """
    try:
        os.kill(os.getppid(), 0)
    except PermissionError:
        return
    sys.exit("the sandbox may signal processes outside, so nothing is run in it")


def main() -> None:
    """Run with the number of the control socket as the only argument."""
    if MOUNTS.root:
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
            from milepost.engine.agent.importing import Import  # only what is copied is followed

            follow = Import(*program.copying).follow
        become(program.argv, follow)
