"""A server that the terminal should not trust gets nothing: the real `milepost` talks to it.

Each case names how the command ends and the sentence that says why; nothing is written, nothing
runs. The twin is the same server telling the truth, and with it everything works.
"""

import asyncio
import io
import json
import os
import pty
import zipfile
from copy import deepcopy

import pytest

from harness.fake_milepost import Reply, serve_fake
from harness.terminal import Answer

ME = {"id": "0190b0de-0000-7000-8000-000000000000", "name": "Ada", "track": None}
ESCAPES = "\x1b[2J\x1b]0;owned\x07\x9b31m\rAdding"
CONFIG = '[core]\n\tfsmonitor = "touch CANARY"\n\thooksPath = hooks\n'
UNSAFE, USED_WRONGLY = 3, 2


@pytest.fixture
async def replies(client, make):
    """What an honest server sends, taken from a real one."""
    await make.lab()
    visitor = client.log_in(await make.learner())
    lab = (await visitor.get("/api/v1/labs/adding")).json()
    package = (await visitor.get("/api/v1/labs/adding/package")).content
    return {
        "/labs/adding": lab,
        "/labs/adding/package": package,
        "/me": ME,
        "/paths": {"items": []},
    }


@pytest.fixture
def server(replies, terminal):
    """The server that the terminal is logged in to; a test twists its `replies`."""
    with serve_fake(deepcopy(replies)) as fake:
        terminal.login_file.parent.mkdir(parents=True)
        terminal.login_file.write_text(json.dumps({"url": fake.url, "token": "secret"}))
        yield fake


@pytest.fixture
def before(terminal, server):
    """What the person has before the server is asked: a file that matters, and the login."""
    assert server.url
    (terminal.home / "precious").write_text("precious")
    return list_files(terminal.home)


def list_files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def repack(package, more, *, leave_out=()):
    """Put files into a package, as a server can that makes its own."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            if name not in more and name not in leave_out:
                new.writestr(name, old.read(name))
        for name, text in more.items():
            new.writestr(name, text)
    return buffer.getvalue()


HIDDEN, PART = "programs act upon such files unasked", "'..' part"
STARTERS = {
    "a repository's settings": ({".git/config": CONFIG}, HIDDEN),
    "a hook": ({".git/hooks/pre-commit": "#!/bin/sh\ntouch CANARY\n"}, HIDDEN),
    "a file that points to a repository": ({".git": "gitdir: ../elsewhere\n"}, HIDDEN),
    "a repository further down": ({"lib/.git/config": CONFIG}, HIDDEN),
    "capital .GIT": ({".GIT/config": CONFIG}, HIDDEN),
    ".git with a dot behind": ({".git./config": CONFIG}, "ends with a dot"),
    ".git with a space behind": ({".git /config": CONFIG}, "begins or ends with a space"),
    ".git by its short name": ({"git~1/config": CONFIG}, "not a letter, digit"),
    ".git with a letter that can't be seen": ({".g\u200cit/config": CONFIG}, "not a letter, digit"),
    "a repository without a .git": (
        {"a/HEAD": "x", "a/config": CONFIG, "a/objects/x": "", "a/refs/x": ""},
        "git would take for a repository",
    ),
    "our own folder": ({".milepost/lab.json": "{}"}, HIDDEN),
    "an editor's tasks": ({".vscode/tasks.json": "{}"}, HIDDEN),
    "a shell's environment": ({".envrc": "touch CANARY\n"}, HIDDEN),
    "git's filters": ({".gitattributes": "* filter=lfs\n"}, HIDDEN),
    "a way out": ({"../outside.py": ""}, PART),
    "a way out further down": ({"a/../../outside.py": ""}, PART),
    "an absolute path": ({"/outside.py": ""}, "not a relative path"),
    "a device": ({"con.py": ""}, "the name of a device"),
    "a line break": ({"a\nb.py": ""}, "not a letter, digit"),
    "one file in two cases": ({"Adding.py": ""}, "one file on some systems"),
    "a file that is a folder": ({"adding.py/more.py": ""}, "also the folder of"),
    "both names of the brief": ({"README.md": "", "brief.md": ""}, "BRIEF.md"),
    "more than can be handed in": ({"big.py": "x" * 300_000}, "are the most for one file"),
    "control characters": ({"note.txt": ESCAPES}, "the control character U+001B"),
}


@pytest.mark.parametrize("cheat", STARTERS)
async def test_a_starter_that_does_harm_is_not_written(terminal, server, before, cheat):
    files, says = STARTERS[cheat]
    server.replies["/labs/adding"]["starter"]["python"] |= files

    answer = await terminal.run("start", "adding")

    assert answer.exit_code == UNSAFE, answer.err
    assert "not safe to write, so nothing was written" in words(answer)
    assert says in words(answer)
    assert list_files(terminal.home) == before


@pytest.mark.parametrize("cheat", STARTERS)
async def test_a_draft_that_does_harm_is_not_written(terminal, server, before, cheat):
    files, says = STARTERS[cheat]
    offer_draft(server, files={"adding.py": "# mine\n"} | files)

    answer = await terminal.run("start", "adding", "--draft")

    assert answer.exit_code == UNSAFE, answer.err
    assert "not safe to write, so nothing was written" in words(answer)
    assert says in words(answer)
    assert list_files(terminal.home) == before


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"lab": "other"}, "another draft than the one asked for"),
        ({"stack": "node"}, "another draft than the one asked for"),
        ({"files": {}}, "files"),
        ({"files": ["adding.py"]}, "files"),
        ({"saved_at": "\x1b[2Jsoon"}, "saved_at"),
    ],
)
async def test_a_draft_that_makes_no_sense_is_not_written(terminal, server, before, facts, says):
    offer_draft(server, **facts)

    answer = await terminal.run("start", "adding", "--draft")

    assert answer.exit_code == USED_WRONGLY, answer.err
    assert says in words(answer)
    assert list_files(terminal.home) == before


async def test_a_draft_that_is_honest_is_written(terminal, server):
    offer_draft(server)

    answer = await terminal.run("start", "adding", "--draft")

    assert answer.exit_code == 0, answer.err
    assert (terminal.folder / "adding" / "adding.py").read_text() == "# mine\n"


def offer_draft(server, **facts):
    draft = {
        "lab": "adding",
        "stack": "python",
        "version": "1",
        "revision": ME["id"],
        "saved_at": "2026-01-02T03:04:05Z",
    }
    server.replies["/labs/adding/drafts"] = {"items": [draft]}
    server.replies["/labs/adding/drafts/python"] = {
        **draft,
        "files": {"adding.py": "# mine\n"},
        **facts,
    }


PACKAGES = {
    "a hook": (lambda old: repack(old, {"data/.git/hooks/x": "x"}), HIDDEN),
    "a way out": (lambda old: repack(old, {"../../outside.py": "x"}), PART),
    "another lab": (
        lambda old: repack(old, {"lab.toml": LAB_TOML.replace('"adding"', '"other"')}),
        "Its package is of other",
    ),
    "another stack": (
        lambda old: repack(
            old,
            {"lab.toml": LAB_TOML.replace("python", "node"), "starter/node/a.mjs": "0"},
            leave_out=("starter/python/adding.py",),
        ),
        "not of adding in python",
    ),
    "no archive": (lambda _: b"PK" * 500, "not a whole zip archive"),
}
LAB_TOML = """
slug = "adding"
title = "Adding up"
summary = "Add two numbers."
objectives = ["basics.adding"]
difficulty = "easy"
minutes = 5
stacks = ["python"]
[entry.python]
program = ["python", "adding.py"]
module = "adding.py"
[[tasks]]
slug = "all"
title = "All of it"
sentence = "`add` adds."
"""


@pytest.mark.parametrize("cheat", PACKAGES)
async def test_a_package_that_does_harm_is_not_unpacked(terminal, server, before, cheat):
    twist, says = PACKAGES[cheat]
    server.replies["/labs/adding/package"] = twist(server.replies["/labs/adding/package"])

    answer = await terminal.run("start", "adding")

    assert answer.exit_code == UNSAFE, answer.err
    assert says in words(answer)
    assert list_files(terminal.home) == before


def lab(**facts):
    return lambda replies: replies["/labs/adding"].update(facts)


def whole(reply):
    return lambda replies: replies.update({"/labs/adding": reply})


ANSWERS = {
    "a slug that leads out": (lab(slug=".."), "slug"),
    "another lab": (lab(slug="other"), "another lab than the one asked for"),
    "a stack that leads out": (lab(stacks=["../../x"]), "stacks"),
    "no stack": (lab(stacks=[]), "a stack without starter files"),
    "a stack without files": (lab(stacks=["python", "node"]), "a stack without starter files"),
    "a number for a text": (lab(brief=7), "brief"),
    "a list": (whole([]), "is no Milepost that this program knows"),
    "nesting beyond reason": (whole(b"[" * 200_000), "is no Milepost that this program knows"),
    "a problem nested beyond reason": (
        whole(Reply(b"[" * 200_000, 500)), "without saying why",
    ),
    "bytes that are no text": (whole(b"\xff\xfe{}"), "is no Milepost that this program knows"),
    "what is packed, though it was to be plain": (
        whole(Reply(b"\x1f\x8b\x08", headers={"Content-Encoding": "gzip"})), "packed an answer",
    ),
    "more than anything is large": (whole(bytes(65 << 20)), "more than 67,108,864 bytes"),
    "the way to another server": (
        whole(Reply(b"", 302, {"Location": "/api/v1/elsewhere"})), "it sends every request on to",
    ),
}  # fmt: skip


@pytest.mark.parametrize("cheat", ANSWERS)
async def test_an_answer_that_is_no_lab_is_said_to_be_none(terminal, server, before, cheat):
    twist, says = ANSWERS[cheat]
    twist(server.replies)

    answer = await terminal.run("start", "adding")

    assert answer.exit_code == USED_WRONGLY, answer.err
    assert says in words(answer)
    assert list_files(terminal.home) == before
    assert not [path for path, _ in server.asked if "elsewhere" in path]


@pytest.mark.usefixtures("server")
async def test_twin_of_them_all_is_begun_and_becomes_a_repository(terminal):
    answer = await terminal.run("start", "adding")

    folder = terminal.folder / "adding"
    assert answer.exit_code == 0, answer.err
    assert (folder / "adding.py").exists()
    assert (folder / ".git" / "HEAD").exists()
    assert (folder / ".milepost" / "package" / "checks.py").exists()


async def test_what_a_server_calls_things_steers_neither_the_terminal_nor_git(terminal, server):
    server.replies["/labs/adding"] |= {"title": ESCAPES, "brief": f"# {ESCAPES}\n"}
    server.replies["/me"] = ME | {"name": "--file=owned\n[core]\n\tfsmonitor = x"}

    begun = await terminal.run("start", "adding")
    server.replies["/labs/adding"] = Reply(
        json.dumps({"code": "lab_closed", "detail": ESCAPES, "title": "x"}).encode(), 409
    )
    refused = await terminal.run("start", "adding", "again")

    folder = terminal.folder / "adding"
    assert begun.exit_code == 0, begun.err
    assert "]0;owned" in begun.out
    assert refused.exit_code == 2
    shown = begun.out + begun.err + refused.out + refused.err
    assert not set(shown) & set("\x1b\x07\x9b\r")
    assert "\x1b" not in (folder / "README.md").read_text()
    assert not (folder / "owned").exists()
    settings = (folder / ".git" / "config").read_text()
    assert "name = --file=owned [core] fsmonitor = x" in settings


@pytest.fixture
async def folder(terminal, server):
    """A lab that was begun while the server was honest."""
    assert server.url
    begun = await terminal.run("start", "adding")
    assert begun.exit_code == 0, begun.err
    return terminal.folder / "adding"


@pytest.mark.parametrize("name", ["README.md", ".milepost"])
async def test_renewing_writes_through_no_link(terminal, folder, name):
    outside = terminal.home / "outside"
    (folder / name).rename(outside)
    (folder / name).symlink_to(outside)
    before = list_files(terminal.home)

    refused = await terminal.run("start", "adding", "--renew", cwd=folder)
    after = list_files(terminal.home)
    (folder / name).unlink()
    outside.rename(folder / name)
    twin = await terminal.run("start", "adding", "--renew", cwd=folder)

    assert (refused.exit_code, twin.exit_code) == (USED_WRONGLY, 0)
    assert "is a link, and nothing is written through links" in words(refused)
    assert after == before


@pytest.mark.parametrize(
    "facts",
    [{"brief": "../../precious"}, {"stack": "../../x"}, {"lab": ".."}, {"title": ["x"]}],
    ids=lambda facts: next(iter(facts)),
)
async def test_what_a_strangers_clone_says_of_itself_leads_nowhere(terminal, folder, facts):
    (terminal.home / "precious").write_text("precious")
    file = folder / ".milepost" / "lab.json"
    honest = file.read_text()
    file.write_text(json.dumps(json.loads(honest) | facts))

    refused = await terminal.run("start", "adding", "--renew", cwd=folder)
    file.write_text(honest)
    twin = await terminal.run("start", "adding", "--renew", cwd=folder)

    assert (refused.exit_code, twin.exit_code) == (USED_WRONGLY, 0)
    assert "it is not known which lab this folder belongs to" in words(refused)
    assert (terminal.home / "precious").read_text() == "precious"


async def test_renewing_leaves_a_brief_that_the_learner_has_made_their_own(
    terminal, server, folder
):
    server.replies["/labs/adding"] |= {"brief": "# Anew\n"}
    await terminal.run("start", "adding", "--renew", cwd=folder)
    replaced = (folder / "README.md").read_text()
    (folder / "README.md").write_text("# My own notes\n")

    answer = await terminal.run("start", "adding", "--renew", cwd=folder)

    assert replaced == "# Anew\n"
    assert (folder / "README.md").read_text() == "# My own notes\n"
    assert "README.md is yours by now" in words(answer)


def give_command(folder, *argv):
    """Have the lab's package start this command, as its server may."""
    package = folder / ".milepost" / "package"
    manifest = (package / "lab.toml").read_text().splitlines()
    at = manifest.index("[entry.python]")
    kept = [line for line in manifest if not line.startswith("service = ")]
    kept.insert(at + 1, f"service = {json.dumps(argv)}")
    (package / "lab.toml").write_text("\n".join(kept) + "\n")


async def test_a_servers_command_runs_only_when_a_person_has_agreed(terminal, folder):
    give_command(folder, "touch", "canary")

    unasked = await terminal.run("serve", cwd=folder)
    refused = await answer_with(terminal, "n", cwd=folder)
    nothing_ran = not (folder / "canary").exists()
    agreed = await answer_with(terminal, "y", cwd=folder)
    ran = (folder / "canary").exists()
    (folder / "canary").unlink()
    again = await terminal.run("serve", cwd=folder)

    assert (unasked.exit_code, refused.exit_code) == (2, 2)
    assert "touch canary" in unasked.err
    assert "Add `--yes`" in words(unasked)
    assert nothing_ran
    assert (agreed.exit_code, again.exit_code) == (0, 0)
    assert ran
    assert "chosen by" not in again.err
    assert (folder / "canary").exists()


async def test_another_command_is_asked_for_anew_and_shown_as_it_is(terminal, folder):
    give_command(folder, "touch", "canary")
    await answer_with(terminal, "y", cwd=folder)
    give_command(folder, "touch", "other canary", f"x{ESCAPES}")

    unasked = await terminal.run("serve", cwd=folder)

    assert unasked.exit_code == 2
    assert "touch 'other canary' 'x\\x1b[2J" in unasked.err
    assert not (folder / "other canary").exists()


async def answer_with(terminal, answer, *, cwd):
    """Run `milepost serve` at a terminal, and type one line."""
    ours, theirs = pty.openpty()
    try:
        os.write(ours, f"{answer}\n".encode())
        process = await terminal.start("serve", cwd=cwd, stdin=theirs)
        out, err = await asyncio.wait_for(process.communicate(), 60)
    finally:
        os.close(ours)
        os.close(theirs)
    return Answer(process.returncode, out.decode(), err.decode())


def words(answer):
    return " ".join((answer.out + answer.err).split())
