"""Messages between the processes of a grading: each arrives as it was, and no other is taken."""

import json
from typing import Any, get_args

import pytest

from fakes.recorded import recorded
from milepost.engine.grading_spec import Entry
from milepost.engine.protocol import check_process as checks
from milepost.engine.protocol import guest
from milepost.engine.protocol.bounded_json import parse_object
from milepost.engine.protocol.codec import Codec, encode
from milepost.engine.protocol.frames import Decoder, Frame, MalformedMessage, encode_message
from milepost.engine.protocol.guest_names import MAIN, GuestName, Role
from milepost.engine.protocol.settings import Settings
from milepost.engine.request import Limits, Spoil, SpoilPlan
from milepost.engine.results import CheckInfo, CheckResult, Outcome

RESULT = CheckResult(
    name="test_sum",
    title="It adds",
    task="add",
    objectives=("o",),
    hidden=False,
    outcome=Outcome.FAILED,
    message="No.",
    expected="3",
    evidence=(recorded("call"), recorded("exchange")),
    at_seconds=0.25,
)
SETTINGS = Settings(
    seed=7,
    include_hidden=True,
    started_at=12.5,
    limits=Limits(wall_seconds=3),
    entry=Entry(program=("python", "main.py")),
    harness=("python", "-m", "harness"),
    program_environment={"A": "b"},
    harness_environment={},
    has_cgroup=True,
    service_environment={"PORT": "8000"},
    loads_ahead=("express",),
    spoil=SpoilPlan(3, {"test_sum": Spoil(0, "call add", "null")}),
)
USAGE = checks.CheckUsage(1, 2, 3)
OF_CHECKS: list[tuple[Codec[Any], list[Any]]] = [
    (checks.FROM_FORKSERVER, [checks.ForkserverReady()]),
    (checks.TO_FORKSERVER, [checks.BeginRun(3), checks.EndRun(3)]),
    (checks.OPENING, [SETTINGS]),
    (
        checks.FROM_RUN,
        [
            checks.ChecksFound((CheckInfo("test_sum", "It adds", "add", True, ("o",)),)),
            checks.CheckBegins("test_sum"),
            checks.CheckEnded(RESULT, "run_seconds", USAGE),
            checks.CheckEnded(RESULT, None, USAGE),
            checks.EndedEarly("no time"),
            checks.LabFailed("no checks"),
            checks.CheckProcessFailed("a traceback"),
            checks.RunDone(),
            checks.AskGuest(GuestName(Role.REPLICA, 2)),
            checks.AskWhyGuestEnded(MAIN),
            checks.AskFile("main.py"),
            checks.AskFileNames(),
            checks.AskComponent("redis", opens=False, question={"replicas": 3, "spared": [1]}),
        ],
    ),
    (checks.GUEST_REPLIES, [checks.GuestGiven(), checks.Refused("wall_seconds", "too late")]),
    (checks.GUEST_ENDS, [checks.GuestEnded(None, "it left")]),
    (checks.FILE_REPLIES, [checks.FileGiven(b"\x00\xff"), checks.NoSuchFile()]),
    (checks.FILE_LISTS, [checks.FileNames(("a", "b"))]),
    (
        checks.COMPONENT_REPLIES,
        [
            checks.ComponentReply({"any": [{"thing": None}]}),
            checks.ComponentMissing("no such"),
            checks.Refused("wall_seconds", "too late"),
        ],
    ),
]
EVENTS: Codec[guest.Event] = Codec(*get_args(guest.Event))
BUILT: Codec[guest.OfBuild] = Codec(*get_args(guest.OfBuild))
OF_LAUNCHERS = [
    guest.ResetDone(),
    guest.Written(),
    guest.Removed(was_there=True),
    guest.Started(1),
    guest.NotWaiting(),
    guest.Denied("no room"),
    guest.Exited(1, -9, 0.5, 1 << 40, 2, 3),
    guest.Connected(2),
    guest.NotConnected(2, "refused"),
    guest.Listeners(["127.0.0.1:8000"]),
    guest.PortForwardOpened(),
    guest.PortForwardClosed(),
    guest.ListenerOpened(),
    guest.ListenersClosed(),
]
ORDERS = [
    guest.Preload(["json"], "pass", ""),
    guest.Submitted(["json"], ["main"], [], changes_path=True, looks_at_processes=False),
    guest.Begin({"RLIMIT_CPU": 3}, may_park=True),
    guest.Put("main.py", b"print()", is_program=False),
    guest.Collect("/work/built", 10, 1 << 20),
    guest.Renew(),
    guest.Reset(),
    guest.Write("empty.txt", b""),
    guest.Remove("folder"),
    guest.Prepare(["node", "main.mjs"], {"A": "b"}, ["express"], 3),
    guest.GoOn(1, ["node", "main.mjs"], {}),
    guest.Run(1, ["python"], {}, 0, 4),
    guest.Kill(1),
    guest.Connect(2, 8000, 0.5),
    guest.ListListeners(),
    guest.OpenPortForward(5432),
    guest.ClosePortForward(5432),
    guest.OpenListener(8000),
    guest.CloseListeners(),
]
READ_STRICTLY = [
    *((codec, message) for codec, messages in OF_CHECKS for message in messages),
    *((EVENTS, event) for event in OF_LAUNCHERS),
    (BUILT, guest.Collected("report", b"\x7fELF", is_program=True)),
    (BUILT, guest.AllCollected()),
]
NAMES = [f"{type(message).__name__}-{number}" for number, (_, message) in enumerate(READ_STRICTLY)]


def read_frame(data):
    decoder = Decoder(parse_object)
    decoder.feed(data)
    return decoder.next_frame()


@pytest.mark.parametrize(("codec", "message"), READ_STRICTLY, ids=NAMES)
def test_message_arrives_as_it_was(codec, message):
    assert codec.decode(read_frame(encode(message))) == message


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: type(order).__name__)
def test_order_arrives_in_a_guest_as_it_was(order):
    assert guest.decode_order(read_frame(encode(order))) == order
    assert encode_message(order) == encode(order), "also as a check process writes it"


def test_every_message_is_among_these():
    told = {type(message) for _, message in READ_STRICTLY}

    assert {type(order) for order in ORDERS} == {*get_args(guest.Order)}
    assert {*get_args(guest.Event)} <= told
    assert {*get_args(checks.Report), *get_args(checks.Question)} <= told
    assert {*get_args(checks.ForkserverOrder), *get_args(checks.ComponentAnswer)} <= told
    assert {*get_args(checks.GuestReply), *get_args(checks.FileReply)} <= told


def list_malformed(frame):
    """Spoil a message in every way that concerns a whole field, or what it carries."""
    body = frame.body
    kind = body["kind"]
    yield {**body, "kind": "Nothing"}
    yield {**body, "kind": [kind]}
    yield {name: value for name, value in body.items() if name != "kind"}
    yield {**body, "more": 1}
    for name in body.keys() - {"kind"}:
        yield {key: value for key, value in body.items() if key != name}
        yield {**body, name: object_of_another_kind(body[name])}


def object_of_another_kind(value):
    match value:
        case bool() | str() | None:
            return 7
        case int() | float():
            return True
        case _:
            return "text"


@pytest.mark.parametrize(("codec", "message"), READ_STRICTLY, ids=NAMES)
def test_malformed_message_is_refused_with_its_reason(codec, message):
    frame = read_frame(encode(message))

    for body in list_malformed(frame):
        with pytest.raises(MalformedMessage, match=r"\S"):
            codec.decode(Frame(body, frame.payload))
    if not frame.payload:
        with pytest.raises(MalformedMessage, match="no room for 3 bytes"):
            codec.decode(Frame(frame.body, b"abc"))


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda result: result.update(outcome="won"), "result: outcome: "),
        (lambda result: result.update(hidden=0), "result: hidden: int where bool should be"),
        (lambda result: result.update(objectives=["o", None]), "result: objectives: 1: null where"),
        (lambda result: result.update(evidence=[{}]), "result: evidence: 0: it can't be read"),
        (lambda result: result.pop("title"), r"result: it lacks \['title'\]"),
        (lambda result: result.update(at_seconds="1"), "at_seconds: str where float should be"),
    ],
)
def test_what_is_wrong_deep_in_a_message_is_named(spoil, reason):
    frame = read_frame(encode(checks.CheckEnded(RESULT, None, USAGE)))
    spoil(frame.body["result"])

    with pytest.raises(MalformedMessage, match=f"CheckEnded: .*{reason}"):
        checks.FROM_RUN.decode(frame)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"kind": "Nothing"},
        {"kind": "Kill"},
        {"kind": "Kill", "number": 1, "signal": 9},
        {"kind": "Exited"},
    ],
    ids=json.dumps,
)
def test_guest_refuses_what_is_no_order(body):
    with pytest.raises(MalformedMessage, match=r"\S"):
        guest.decode_order(Frame(body))
