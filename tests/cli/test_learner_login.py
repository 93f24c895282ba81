"""Letting a terminal in and out again."""

import asyncio
import getpass
import platform
import re
import stat
from datetime import timedelta

from sqlalchemy import select, update

from harness.terminal import read_until
from milepost.accounts import queries
from milepost.accounts.models import DeviceAuthorization
from milepost.accounts.service import terminals
from milepost.core.clock import utc_now


async def test_a_terminal_is_let_in_once_its_person_confirms(terminal, live_server, make, database):
    learner = await make.learner()
    login = await terminal.start("login", "--server", live_server)
    said = await read_until(login, "confirm that it shows")
    code = re.search(r"[A-Z]{4}-[A-Z]{4}", said)[0]

    async with database.transaction() as session:
        await terminals.approve_device(session, learner.actor, user_code=code)
    rest, _ = await login.communicate()

    assert f"{live_server}/device?code={code}" in said or code in said
    async with database.transaction() as session:
        (named, *_) = await queries.list_access_tokens(session, learner.actor)
    assert named.name == f"milepost of {getpass.getuser()} on {platform.node()}"
    assert login.returncode == 0
    assert f"Logged in to {live_server} as Ada." in rest.decode()
    assert stat.S_IMODE(terminal.login_file.stat().st_mode) == 0o600
    assert (await terminal.run("labs", "list", "--json")).json == []


async def test_a_terminal_that_is_told_to_slow_down_waits_longer_and_is_let_in(
    terminal, live_server, make, database
):
    learner = await make.learner()
    login = await terminal.start("login", "--server", live_server)
    said = await read_until(login, "confirm that it shows")
    code = re.search(r"[A-Z]{4}-[A-Z]{4}", said)[0]
    mine = DeviceAuthorization.user_code == code

    async with database.transaction() as session:  # as if it had asked just before
        soon = utc_now() + timedelta(minutes=1)
        await session.execute(update(DeviceAuthorization).where(mine).values(polled_at=soon))
    interval = 0
    while interval != 7:
        await asyncio.sleep(0.2)
        async with database.transaction() as session:
            interval = await session.scalar(
                select(DeviceAuthorization.interval_seconds).where(mine)
            )
    async with database.transaction() as session:
        await terminals.approve_device(session, learner.actor, user_code=code)
    rest, _ = await login.communicate()

    assert login.returncode == 0
    assert f"Logged in to {live_server} as Ada." in rest.decode()


async def test_logging_out_ends_the_token_on_the_server_too(terminal, live_server, client, make):
    learner = await make.learner()
    terminal.log_in(live_server, learner)

    answer = await terminal.run("logout")

    assert answer.exit_code == 0
    assert not terminal.login_file.exists()
    assert (await client.with_token(learner).get("/api/v1/me")).status_code == 401


async def test_logging_out_works_without_the_server(terminal, make):
    terminal.log_in("http://127.0.0.1:9", await make.learner())

    answer = await terminal.run("logout")

    assert answer.exit_code == 0
    assert not terminal.login_file.exists()
    assert "account page" in answer.err


async def test_a_terminal_that_is_not_logged_in_says_how_to(terminal):
    for command in (("labs",), ("start", "adding"), ("status",), ("courses",)):
        answer = await terminal.run(*command)

        assert answer.exit_code == 2
        assert "not logged in" in answer.err
        assert "milepost login" in answer.err


async def test_a_server_that_is_away_is_told_apart_from_being_logged_out(terminal, make):
    terminal.log_in("http://127.0.0.1:9", await make.learner())

    answer = await terminal.run("status")

    assert answer.exit_code == 3
    assert "does not answer at http://127.0.0.1:9" in answer.err
    assert "milepost up" in answer.err


async def test_a_token_that_was_ended_asks_for_a_new_login(terminal, live_server, client, make):
    learner = await make.learner()
    terminal.log_in(live_server, learner)
    await client.with_token(learner).delete("/api/v1/tokens/current")

    answer = await terminal.run("status")

    assert answer.exit_code == 2
    assert "Run `milepost login` again." in answer.err


async def test_something_else_at_the_address_is_told_apart(terminal, live_server):
    answer = await terminal.run("login", "--server", f"{live_server}/static")

    assert answer.exit_code == 2
    assert "no Milepost" in answer.err or "nothing at this address" in answer.err
