"""The platform's own connections: what wakes them, how few statements a verdict takes."""

import asyncio
from contextlib import aclosing
from unittest.mock import patch

from sqlalchemy import text

from fakes.grader import FakeGrader
from milepost.core.announcements import CHANNEL, announce
from milepost.core.database import to_psycopg_url
from milepost.core.listening import ListeningConnection

OF_A_VERDICT = 4  # the run begins; verdict and checks; the learner's revision; what is proven
STORED = ("UPDATE gradings", "INTO check_results", "INTO revisions", "INTO objective_proofs")


async def test_a_connection_that_the_server_has_closed_is_replaced_unseen(database, postgres):
    async with database.transaction() as session:
        own = await session.scalar(text("SELECT pg_backend_pid()"))
    with postgres.administer() as server:
        server.execute("SELECT pg_terminate_backend(%s, 5000)", (own,))

    async with database.transaction() as session:
        another = await session.scalar(text("SELECT pg_backend_pid()"))

    assert another != own


async def test_who_listens_is_woken_by_an_announcement_and_by_nothing_else(database):
    url = to_psycopg_url(database.url)
    loop = asyncio.get_running_loop()
    async with await ListeningConnection.connect(url, autocommit=True) as connection:
        await connection.execute(f"LISTEN {CHANNEL}")
        async with aclosing(connection.notifies()) as notices:
            with patch.object(loop, "call_later", wraps=loop.call_later) as timers:
                heard = asyncio.create_task(anext(notices))
                await asyncio.sleep(0.5)
                pauses = [call.args[0] for call in timers.call_args_list if call.args[0] < 0.5]
            async with database.transaction() as session:
                await announce(session, "news")
            notice = await heard

    assert notice.payload == "news"
    assert pauses == []


async def test_a_verdict_is_stored_in_few_statements(make, queue, count_queries):
    await make.submission(lab=await make.lab(), learner=await make.learner())

    with count_queries() as asked:
        await queue.work(FakeGrader())

    stored = [each for each in asked if any(words in each for words in STORED)]
    assert len(stored) <= OF_A_VERDICT, stored
