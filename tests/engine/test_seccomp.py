"""Which system calls sandboxes are refused: the filter itself, and the kernel, inside a guest."""

import errno
import itertools
import platform
import shutil
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from milepost.engine import Verdict, probe_isolation
from milepost.engine.limits import MEBIBYTE
from milepost.engine.sandbox import Inhabitant, Sandbox, SandboxSpec, Scratch, claim_slot
from milepost.engine.sandbox.seccomp import filter_for
from milepost.engine.sandbox.seccomp_rules import NEWEST_CALL, RULES, Condition, Is, list_rules
from milepost.engine.sandbox.syscalls import ARCHITECTURES, NUMBERS
from milepost.engine.sandbox_specs import system_folders

ALLOW = 0x7FFF0000
KILL = 0x80000000
MACHINES = sorted(ARCHITECTURES)
OTHER_ARCHITECTURE = 0x40000003  # 32-bit x86, which the kernel of x86-64 runs too


def run_filter(program: bytes, architecture: int, call: int, arguments: tuple[int, ...] = ()):
    """Do what the kernel does with a filter, and answer what it would do with the call."""
    padded = (*arguments, *[0] * (6 - len(arguments)))
    data = struct.pack(
        "=iIQ6Q", call if call < 1 << 31 else call - (1 << 32), architecture, 0, *padded
    )
    lines = list(struct.iter_unpack("=HBBI", program))
    at = accumulator = 0
    while True:
        code, jump_true, jump_false, value = lines[at]
        at += 1
        match code:
            case 0x20:
                (accumulator,) = struct.unpack_from("=I", data, value)
            case 0x15:
                at += jump_true if accumulator == value else jump_false
            case 0x25:
                at += jump_true if accumulator > value else jump_false
            case 0x45:
                at += jump_true if accumulator & value else jump_false
            case 0x06:
                return value
            case _:
                raise AssertionError(f"the filter has an instruction {code:#x}")


def arguments_for(conditions: tuple[Condition, ...], *, holding: bool):
    """Arguments for which the conditions all hold, or of which the last does not."""
    arguments = [0] * 6
    for condition in conditions:
        holds = holding or condition is not conditions[-1]
        if condition.how is Is.WITH_NO_BIT_OF:  # beside bits of the condition before it
            arguments[condition.argument] |= 0 if holds else condition.values[-1]
            continue
        among = condition.how is not Is.NONE_OF
        if among is holds:
            arguments[condition.argument] = condition.values[-1]
        else:
            outside = (number for number in itertools.count(0x55) if number not in condition.values)
            arguments[condition.argument] = (
                0 if condition.how is Is.WITH_ANY_BIT_OF else next(outside)
            )
    return tuple(arguments)


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("inhabitant", Inhabitant)
@pytest.mark.parametrize("restricted", [False, True])
def test_filter_refuses_exactly_what_the_rules_say(machine, inhabitant, restricted):
    program = filter_for(inhabitant, machine, restricted=restricted)
    architecture, column = ARCHITECTURES[machine]
    rules = list_rules(inhabitant, restricted=restricted)
    refused = [(call, rule) for rule in rules for call in rule.calls]
    always = {call for call, rule in refused if not rule.when}

    for call, rule in refused:
        number = NUMBERS[call][column]
        if number is None or (rule.when and call in always):
            continue
        held = arguments_for(rule.when, holding=True)
        assert run_filter(program, architecture, number, held) == 0x00050000 | rule.error, call
        if rule.when:
            # The upper half of an argument is not looked at by the kernel either.
            high = tuple(value | 1 << 40 for value in held)
            assert run_filter(program, architecture, number, high) == 0x00050000 | rule.error
            spared = arguments_for(rule.when, holding=False)
            assert run_filter(program, architecture, number, spared) == ALLOW, call
    numbers = {NUMBERS[call][column] for call, _ in refused}
    for number in set(range(NEWEST_CALL + 1)) - numbers:
        assert run_filter(program, architecture, number) == ALLOW, number


@pytest.mark.parametrize("machine", MACHINES)
def test_other_architectures_are_killed_and_unknown_calls_do_not_exist(machine):
    program = filter_for(Inhabitant.LEARNER, machine)
    architecture, _ = ARCHITECTURES[machine]

    assert run_filter(program, OTHER_ARCHITECTURE, 1) == KILL
    x32 = 0x40000000 | 1
    for call in (NEWEST_CALL + 1, x32, 0xFFFFFFFF):
        assert run_filter(program, architecture, call) == 0x00050000 | errno.ENOSYS


def test_every_rule_says_why_and_servers_alone_are_spared_something():
    assert all(len(rule.because) > len("because") for rule in RULES)
    assert [rule.calls[0] for rule in RULES if rule.spared] == ["shmget"]


@pytest.mark.skipif(platform.machine() != "x86_64", reason="the header is of x86-64")
def test_numbers_are_those_of_the_kernel_headers():
    header = Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h")
    if not header.is_file():
        pytest.skip("the kernel's headers are not installed")
    found = dict(
        line.split()[1:3]
        for line in header.read_text().splitlines()
        if line.startswith("#define __NR_")
    )

    wrong = {
        call: x86
        for call, (x86, _) in NUMBERS.items()
        if f"__NR_{call}" in found and x86 != int(found[f"__NR_{call}"])
    }
    assert wrong == {}


# Asked for with zeroes, to which the kernel itself mostly has another answer.
ALWAYS = {call: rule.error for rule in RULES if not rule.when for call in rule.calls}
CONDITIONAL: dict[str, tuple[Any, ...]] = {
    "socket vsock": ("socket", (40, 1, 0), errno.EAFNOSUPPORT),
    "socket packet": ("socket", (17, 3, 0), errno.EAFNOSUPPORT),
    "socket alg": ("socket", (38, 5, 0), errno.EAFNOSUPPORT),
    "socket netlink audit": ("socket", (16, 3, 9), errno.EPROTONOSUPPORT),
    "socket sctp": ("socket", (2, 1, 132), errno.EPROTONOSUPPORT),
    "clone with a user namespace": ("clone", (0x10000000 | 17, 0, 0, 0, 0), errno.EPERM),
    "clone with a network namespace": ("clone", (0x40000000 | 17, 0, 0, 0, 0), errno.EPERM),
    "personality without random addresses": ("personality", (0x0040000,), errno.EPERM),
    "ioctl TIOCSTI": ("ioctl", (0, 0x5412, 0), errno.EPERM),
    "ioctl TIOCLINUX": ("ioctl", (0, 0x541C, 0), errno.EPERM),
    "ioctl TIOCSETD": ("ioctl", (0, 0x5423, 0), errno.EPERM),
    "a call of tomorrow": (NEWEST_CALL + 1, (), errno.ENOSYS),
}
ALLOWED = {
    "socket unix": ("socket", (1, 1, 0)),
    "socket inet": ("socket", (2, 1, 0)),
    "socket tcp 6": ("socket", (10, 1, 6)),
    "socket netlink route": ("socket", (16, 3, 0)),
    "personality query": ("personality", (0xFFFFFFFF,)),
}
CALLER = """
import ctypes, json, sys
libc = ctypes.CDLL(None, use_errno=True)
found = {}
for name, number, arguments in json.loads(sys.stdin.read()):
    ctypes.set_errno(0)
    answer = libc.syscall(ctypes.c_long(number), *map(ctypes.c_long, arguments))
    found[name] = 0 if answer >= 0 else ctypes.get_errno()
    if answer == 0 and name.startswith("clone"):
        raise SystemExit
found["status"] = [line.split() for line in open("/proc/self/status") if "eccomp" in line]
print(json.dumps(found))
"""


def number_of(call: str | int) -> int | None:
    column = ARCHITECTURES[platform.machine()][1]
    return call if isinstance(call, int) else NUMBERS[call][column]


def all_calls() -> list[tuple[str, int, tuple[int, ...]]]:
    listed = [
        *((call, number_of(call), (0, 0, 0, 0, 0, 0)) for call in ALWAYS),
        *((name, number_of(call), given) for name, (call, given, _) in CONDITIONAL.items()),
        *((name, number_of(call), given) for name, (call, given) in ALLOWED.items()),
    ]
    return [(name, number, given) for name, number, given in listed if number is not None]


@pytest.mark.needs_isolated_tier
async def test_guest_is_refused_each_call_by_the_filter(grade):
    calls = all_calls()
    expected = dict.fromkeys(ALLOWED, 0) | ALWAYS
    expected |= {name: error for name, (_, _, error) in CONDITIONAL.items()}
    graded = await grade(
        f"""
        import json

        @check(task="t", objectives=["o"])
        def test_calls(program):
            found = program.run(stdin=json.dumps({calls!r})).json()
            assert found.pop("status") == [["Seccomp:", "2"], ["Seccomp_filters:", "1"]]
            wrong = {{name: error for name, error in found.items() if error != {expected!r}[name]}}
            assert wrong == {{}}
            assert len(found) == {len(calls)}
        """,
        CALLER,
    )

    assert len(calls) > len(ALLOWED) + len(CONDITIONAL)
    assert graded.report.verdict is Verdict.PASSED, (graded.only.message, graded.only.detail)


@pytest.mark.skipif(platform.machine() != "x86_64", reason="it has one architecture only")
async def test_program_of_another_architecture_is_ended(grade):
    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_it(program):
            assert program.run("x86").exit_code == -31, "SIGSYS"
            assert program.run().exit_code == 0
        """,
        """
        import ctypes, mmap, sys
        if sys.argv[1:]:
            code = mmap.mmap(-1, 4096, prot=7)
            code.write(bytes.fromhex("b814000000cd80c3"))  # getpid, asked for as 32-bit x86 does
            address = ctypes.addressof(ctypes.c_char.from_buffer(code))
            ctypes.CFUNCTYPE(ctypes.c_int)(address)()
        """,
    )

    assert graded.report.verdict is Verdict.PASSED, graded.only.evidence


@pytest.mark.needs_isolated_tier
@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_git_works_in_a_room():
    folders = [
        Path("/usr/lib/git-core"),
        Path("/usr/libexec/git-core"),
        Path("/usr/share/git-core"),
    ]
    spec = SandboxSpec(
        argv=("/bin/sh", "-ec", GIT),
        shown={
            **system_folders(),
            "/bin/sh": Path("/bin/sh").resolve(),
            "/usr/bin/git": Path(shutil.which("git")).resolve(),
            **{str(folder): folder for folder in folders if folder.is_dir()},
        },
        environment={"PATH": "/usr/bin:/bin", "HOME": "/work"},
        scratch=(Scratch("/work", 16 * MEBIBYTE),),
        directory="/work",
    )
    slot = claim_slot()
    try:
        isolation = replace(probe_isolation("isolated").isolation, cgroups=None)
        sandbox = Sandbox.start(isolation, spec, uid=slot.guest_uid)
        code = sandbox.stop_and_wait(60)
    finally:
        slot.release()

    assert code == 0, sandbox.diagnostics()


GIT = """
git init -q one && cd one && echo text > file
git -c user.name=a -c user.email=a@b.c add file
git -c user.name=a -c user.email=a@b.c commit -qm first
git clone -q . /work/two && git -C /work/two log --oneline && git gc -q && git fsck
"""
