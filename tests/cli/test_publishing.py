"""What publishing keeps: newer content of another checkout, and what learners have walked."""

import asyncio
import shutil

import httpx
import psycopg
import pytest
from sqlalchemy import text

from factories.content import TINY_SKILLS, CheckDraft, write_lab, write_path
from fakes.grader import FakeGrader
from harness.installation import start_milepost, stop_milepost
from milepost.catalog.errors import ContentIsNewer
from milepost.catalog.service import sync_content
from milepost.core.schema import upgrade_schema


@pytest.fixture
def publish(database):
    async def publish(folder, *, replace_newer=False):
        async with database.transaction() as session:
            return await sync_content(
                session, content_dir=folder, publish_unverified=True, replace_newer=replace_newer
            )

    return publish


@pytest.fixture
def folders(tmp_path):
    """An older content, and a newer one that another checkout has."""
    older, newer = tmp_path / "older", tmp_path / "newer"
    write_path(older, "tiny", TINY_SKILLS)
    shutil.copytree(older, newer)
    path = newer / "tiny" / "path.toml"
    path.write_text(path.read_text().replace("A path in a test.", "A better path."))
    return older, newer


@pytest.fixture
def summary(database):
    async def summary():
        async with database.transaction() as session:
            return await session.scalar(text("SELECT summary FROM paths"))

    return summary


async def test_what_another_checkout_has_replaced_is_not_published_again(publish, folders, summary):
    older, newer = folders
    await publish(older)
    await publish(newer)

    with pytest.raises(ContentIsNewer, match="milepost up --replace-content"):
        await publish(older)
    kept = await summary()
    await publish(older, replace_newer=True)

    assert kept == "A better path."
    assert await summary() == "A path in a test."


async def test_an_author_goes_back_and_forth_in_one_folder(publish, folders, summary):
    _, folder = folders
    path = folder / "tiny" / "path.toml"
    first = path.read_text()
    for content in (first, first.replace("better", "third"), first):
        path.write_text(content)
        await publish(folder)

    assert await summary() == "A better path."


@pytest.mark.parametrize(
    ("version", "is_refused"), [("99.0.0", True), ("0.0.9", False), ("0.0.10.dev1", False)]
)
async def test_a_newer_milepost_is_known_by_its_version(
    publish, folders, database, version, is_refused
):
    older, newer = folders
    await publish(older)
    async with database.transaction() as session:
        await session.execute(
            text("UPDATE publications SET version = :version"), {"version": version}
        )

    if is_refused:
        with pytest.raises(ContentIsNewer, match=version):
            await publish(newer)
    else:
        await publish(newer)


def test_up_says_that_newer_content_is_there_and_runs_on_it(
    postgres, database_name, folders, tmp_path
):
    older, newer = folders
    url = postgres.create_empty(f"{database_name}_publishing")
    upgrade_schema(url)
    settings = {"MILEPOST_DATABASE_URL": url, "MILEPOST_CONTENT_DIR": str(newer)}
    first = start_milepost(tmp_path / "first", **settings)
    stop_milepost(first)
    with psycopg.connect(url) as session:
        session.execute("UPDATE publications SET version = '99.0.0'")

    second = start_milepost(tmp_path / "second", **settings | {"MILEPOST_CONTENT_DIR": str(older)})
    try:
        answers = httpx.get(f"{second.url}/health").is_success
    finally:
        stop_milepost(second)
    with psycopg.connect(url) as session:
        [summary] = session.execute("SELECT summary FROM paths").fetchone()
    postgres.drop(f"{database_name}_publishing")

    assert "Milepost 99.0.0 published it" in second.said
    assert "--replace-content" in second.said
    assert answers
    assert summary == "A better path."


async def test_what_is_walked_stays_so_when_up_publishes_more(
    make, client, queue, database, settings, tmp_path
):
    lab, learner = await make.lab(), await make.learner()
    await make.submission(lab=lab, learner=learner)
    await queue.work(FakeGrader())
    async with database.transaction() as session:
        await session.execute(text("DELETE FROM walked_skills"))  # as before the table was there
    write_lab(
        make.content_dir / "tiny", "naming", skill="basics", stacks=["python"],
        checks=[CheckDraft(objective="basics.naming")], limits={}, title="Naming",
    )  # fmt: skip

    installation = await asyncio.to_thread(
        start_milepost,
        tmp_path / "data",
        MILEPOST_DATABASE_URL=settings.database_url,
        MILEPOST_CONTENT_DIR=str(make.content_dir),
        MILEPOST_PUBLISH_UNVERIFIED_LABS="true",
    )
    await asyncio.to_thread(stop_milepost, installation)
    path = (await client.log_in(learner).get("/api/v1/paths/tiny")).json()

    assert path["skills"][0]["standing"]["words"] == "1 of the 2 that can be proven, 1 new"
