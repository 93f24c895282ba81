"""The `redis` fixture: a check looks into its own Redis, prepares it, and takes it away on purpose.

Each check that asks has a server that nobody has used. What learner code did there is told by the
server itself. A server that dies without the check having asked is never the learner's fault.
"""

import os
import secrets
import socket
import time
from collections.abc import Iterator
from typing import Any

import redis

from milepost.engine.backing.redis import messages
from milepost.engine.backing.redis.held_writes import HeldWrites
from milepost.engine.backing.redis.log import CommandLog, RanCommand
from milepost.engine.backing.redis.words import (
    READERS,
    Word,
    as_logged,
    decode,
    encode,
    pair,
    say_refused,
    say_too_large,
    write_line,
)
from milepost.engine.checks.context import CheckContext
from milepost.engine.checks.faults import (
    GuestFault,
    GuestTimedOut,
    KeyMissing,
    LimitReached,
    RedisRefused,
    RedisTimedOut,
)
from milepost.engine.evidence.contract import NOTHING, Actor, Nothing
from milepost.engine.evidence.store import (
    CommandLine,
    CommandRefused,
    CommandReply,
    StoreCommand,
)

PORT = 6379
_FOR_EVER, _NO_SUCH_KEY = -1, -2  # what Redis answers to PTTL then
_MOST_SHOWN = 60
_NAME = "redis"
# What libraries say to find out where they are; that does not use a cache.
_GREETINGS = {"AUTH", "CLIENT", "COMMAND", "ECHO", "HELLO", "INFO", "PING", "QUIT", "SELECT"}
# One connection, which is never made anew behind our back. The library leaves it untyped.
_Connection: Any = redis.UnixDomainSocketConnection


class Redis:
    """The check's Redis."""

    def __init__(self, check: CheckContext) -> None:
        self._check = check
        self._engine = check.engine
        given = self._engine.ask_component(_NAME, messages.OpenRedis(), messages.GIVEN)
        self._login = given.checker
        self._mark = secrets.token_hex(16).encode()
        self._own: list[tuple[bytes, ...]] = []
        self._earlier: list[RanCommand] = []
        self._is_paused = False
        self._place = -1
        self._connect(self._engine.take_descriptor())
        learner = given.learner
        self.url = f"redis://{learner.role}:{learner.password}@localhost:{PORT}/0"
        check.environment["REDIS_URL"] = self.url

    # What is in it

    def execute(self, *words: Word) -> Any:
        """Run any command, such as `execute("EXPIRE", "user:7", 60)`, and return its reply.

        Text comes as str, and as bytes where it is no UTF-8. What Redis refuses, since a key holds
        another type or for any other reason, and what is too large to be read is a RedisRefused.
        """
        since = time.monotonic()
        sent = encode(words)
        line = write_line(sent)
        response: CommandReply | CommandRefused | Nothing = NOTHING
        try:
            value = decode(self._send(sent))
            if self._check.has_begun:
                value = self._check.take(f"command {sent[0].decode().upper()}", value)
            response = CommandReply(value)
        except redis.ResponseError as error:
            response = CommandRefused(str(error))
            raise RedisRefused(say_refused(sent, str(error), self._ask_aside)) from error
        except _TooLarge as error:
            response = CommandRefused("The answer is too large for the check.")
            self._connection.disconnect()
            raise RedisRefused(say_too_large(sent, self._ask_aside)) from error
        finally:
            piece = StoreCommand(
                title=line,
                request=CommandLine(line),
                response=response,
                repeat=f"redis-cli {line}",
            )
            self._check.recorder.record(piece, since=since)
        return value

    def get(self, key: str) -> str | bytes | None:
        """Return the value of a string; None where there is no such key."""
        value: str | bytes | None = self.execute("GET", key)
        return value

    def set(self, key: str, value: Word, *, seconds: float | None = None) -> None:
        """Store a string, for so many seconds if they are given."""
        expiry = () if seconds is None else ("PX", int(seconds * 1000))
        self.execute("SET", key, value, *expiry)

    def delete(self, *keys: str) -> int:
        """Delete keys; return how many there were."""
        return int(self.execute("DEL", *keys)) if keys else 0

    def keys(self, pattern: str = "*") -> list[str]:
        """List the keys that match, in order."""
        return sorted(str(key) for key in self.execute("KEYS", pattern))

    def kind(self, key: str) -> str | None:
        """Return what a key holds: string, hash, list, set, zset, stream; None if it is absent."""
        found = str(self.execute("TYPE", key))
        return None if found == "none" else found

    def value(self, key: str) -> Any:
        """Return what a key holds as text, dict, list or set; None where there is no such key."""
        kind = self.kind(key)
        if kind is None:
            return None
        if kind not in READERS:
            raise RedisRefused(
                f"`{key}` holds a {kind} in Redis, and the check looks there for a value that is"
                " read as a whole, such as a string or a hash. Store it as the brief says."
            )
        command, *rest = READERS[kind]
        found = self.execute(command, key, *rest)
        match kind:
            case "hash":
                return dict(zip(found[::2], found[1::2], strict=True))
            case "zset":
                return {member: float(score) for member, score in pair(found)}
            case "set":
                return set(found)
            case _:
                return found

    def ttl(self, key: str) -> float | None:
        """Return the seconds after which a key is dropped; None if never. Raises KeyMissing."""
        left = int(self.execute("PTTL", key))
        if left == _NO_SUCH_KEY:
            raise KeyMissing(
                f"Redis holds no {key!r}, and the check looks for how long it will be kept. Store"
                " it before, and for long enough."
            )
        return None if left == _FOR_EVER else left / 1000

    def lifetimes(self, pattern: str = "*") -> dict[str, float | None]:
        """Return the seconds after which each matching key is dropped; None if never.

        A key that goes while this looks is left out, so short lives do no harm.
        """
        left = {key: int(self.execute("PTTL", key)) for key in self.execute("KEYS", pattern)}
        return {
            str(key): None if milliseconds == _FOR_EVER else milliseconds / 1000
            for key, milliseconds in left.items()
            if milliseconds != _NO_SUCH_KEY
        }

    def clear(self) -> None:
        """Drop every key, as if all had expired."""
        self.execute("FLUSHALL")

    # What learner code did

    def commands(self, *names: str) -> list[RanCommand]:
        """List what learner code ran so far, in order; only these commands, if some are named.

        Without names, what libraries say to greet the server is left out.
        """
        wanted = {name.upper() for name in names}
        ran = self._check.take("records commands", self._list_commands())
        return [
            each for each in ran if (each.name in wanted if wanted else each.name not in _GREETINGS)
        ]

    def show_commands(self) -> None:
        """Put what learner code ran into the evidence, the last of it if there is very much."""
        ran = self._earlier if self._is_paused else self.commands()
        left_out = len(ran) - _MOST_SHOWN
        if left_out > 0:
            self._check.recorder.note(
                f"Your code ran {left_out} more commands before those that are shown"
            )
        for each in ran[-_MOST_SHOWN:]:
            began = self._check.settings.started_at + each.at
            piece = StoreCommand(
                title=str(each), actor=Actor.LEARNER, request=CommandLine(str(each))
            )
            self._check.recorder.record(piece, since=began, until=began)

    def _list_commands(self) -> list[RanCommand]:
        return self._earlier + (self._read_log() if self._place >= 0 else [])

    # Its troubles

    def kill_connections(self) -> None:
        """Hang up on learner code, as a restart or a broken network would."""
        self.execute("CLIENT", "KILL", "USER", "learner")

    def held_writes(self) -> HeldWrites:
        """Let whoever writes wait, in a `with` block, while reads go on."""
        return HeldWrites(self._say, self._check.recorder)

    def pause(self) -> None:
        """Let it answer nobody: connections are accepted, and wait. `resume` ends it."""
        self._check.recorder.note("Redis is paused")
        self._ask(messages.PauseRedis())
        self._is_paused = True

    def resume(self) -> None:
        """Let it answer again, also what was asked meanwhile."""
        self._check.recorder.note("Redis goes on")
        self._ask(messages.ResumeRedis())
        self._is_paused = False

    def stop(self) -> None:
        """End it: connections break, and new ones are refused. Its data is gone."""
        self._check.recorder.note("Redis is stopped")
        if self._is_paused:
            self.resume()
        self._earlier += self._read_log()
        self._disconnect()
        self._check.close_forward(PORT)
        self._ask(messages.StopRedis())

    def start(self) -> None:
        """Start it again after `stop`, empty, at the same address."""
        if self._place < 0:
            self._check.recorder.note("Redis is started")
            self._ask(messages.StartRedis())
            self._connect(self._engine.take_descriptor())

    def close(self) -> None:
        """Release it. The server itself is ended by the engine."""
        if self._place >= 0:
            self._disconnect()

    def _ask(self, question: messages.RedisQuestion) -> None:
        self._engine.ask_component(_NAME, question, messages.DONE)

    # Connections

    def _connect(self, place: int) -> None:
        """Take over a server's socket, open as a place. Ours come before learner code's."""
        self._place = place
        limits = self._check.settings.limits
        self._connection = _Connection(
            path=self._path,
            username=self._login.role,
            password=self._login.password,
            socket_timeout=limits.run_seconds,
            protocol=2,
        )
        self._connection.connect()
        self._own.clear()
        self._log = CommandLog(self._open_monitor(), limits.output_bytes)
        self._check.forward_port(PORT, os.dup(place))

    def _disconnect(self) -> None:
        self._connection.disconnect()
        self._log.close()
        os.close(self._place)
        self._place = -1

    @property
    def _path(self) -> str:
        return f"/proc/self/fd/{self._place}"

    def _open_monitor(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(self._check.settings.limits.run_seconds)
        connection.connect(self._path)
        words = f"AUTH {self._login.role} {self._login.password}\r\nMONITOR\r\n"
        connection.sendall(words.encode())
        answered = b""
        while answered.count(b"+OK\r\n") < 2:  # noqa: PLR2004 - one for each line
            piece = connection.recv(4096)
            if not piece:
                raise self._explain_end()
            answered += piece
        connection.settimeout(None)
        return connection

    def _send(self, words: tuple[bytes, ...]) -> Any:
        if self._place < 0:
            raise RuntimeError("This check has stopped Redis. Call redis.start() first.")
        if self._is_paused:
            raise RuntimeError("This check has paused Redis. Call redis.resume() first.")
        self._own.append(as_logged(words))
        # What arrives together is run together, so the mark stands before the command in the log.
        mark = self._connection.pack_command("ECHO", self._mark_of(len(self._own) - 1))
        try:
            self._connection.send_packed_command([*mark, *self._connection.pack_command(*words)])
            _, reply = self._read_reply(), self._read_reply()
        except redis.TimeoutError as error:
            raise self._explain_silence() from error
        except redis.ConnectionError as error:
            raise self._explain_end() from error
        if isinstance(reply, redis.ResponseError):
            raise self._explain_silence() if str(reply).startswith("BUSY") else reply
        return reply

    def _read_reply(self) -> Any:
        """Read one reply, be it an error: the next one is another's."""
        try:
            return self._connection.read_response()
        except redis.ResponseError as error:
            return error

    def _say(self, *words: Word) -> Any:
        return decode(self._send(encode(words)))

    def _ask_aside(self, *words: Word) -> Any:
        """Ask something without evidence, for a sentence; None where there is no answer to it."""
        try:
            return self._say(*words)
        except (GuestFault, redis.ResponseError, _TooLarge):
            return None

    def _explain_silence(self) -> GuestFault:
        return RedisTimedOut(
            "Redis did not answer the check in time. Something that your code asked of it, such as"
            " a script without an end, keeps it busy, and everybody else waits.",
            limit="run_seconds",
        )

    def _explain_end(self) -> Exception:
        """Find out why the connection is gone. Where the fault is ours, the whole run ends here."""
        ended = self._engine.ask_component(_NAME, messages.AskWhyRedisEnded(), messages.ENDS)
        match ended.limit:
            case None:
                return _TooLarge()
            case "wall_seconds" as limit:
                return GuestTimedOut(ended.reason, limit=limit)
            case limit:
                return LimitReached(ended.reason, limit=limit)

    # The log

    def _read_log(self) -> list[RanCommand]:
        """Read what ran until now, without what was the check's own."""
        try:
            self._send((b"PING",))
            if not self._log.wait_for(self._mark_of(len(self._own) - 1)):
                raise self._explain_end()
        except _TooLarge as error:  # so much came at once that Redis gave up telling of it
            raise self._explain_flood() from error
        if self._log.is_full:
            raise self._explain_flood()
        return list(self._leave_out_own())

    def _explain_flood(self) -> GuestFault:
        size = self._check.settings.limits.output_bytes // 1024
        return LimitReached(
            f"Your code sent more than {size} KiB of commands to Redis in one check.",
            limit="output_bytes",
        )

    def _mark_of(self, number: int) -> bytes:
        return b"%b:%d:" % (self._mark, number)

    def _leave_out_own(self) -> Iterator[RanCommand]:
        marks = {self._mark_of(number): words for number, words in enumerate(self._own)}
        expected: list[tuple[bytes, ...]] = []
        for logged in self._log.read():
            words = as_logged(logged.words)
            if logged.words[-1] in marks:
                expected.append(marks[logged.words[-1]])
                continue
            if words in expected and not logged.by_script:
                expected.remove(words)
                continue
            name, *arguments = (str(decode(word)) for word in logged.words)
            at = logged.at - self._check.settings.started_at
            yield RanCommand(name.upper(), tuple(arguments), round(at, 4), logged.by_script)


class _TooLarge(Exception):
    """Redis has hung up, since its answer was more than a client may leave unread."""
