"""The `mongo` fixture: one store a check, all that it can ask of it, and no trace of any check."""

import pytest

from harness.built_components import skip_without
from milepost.engine import Limits, Outcome, Verdict
from milepost.engine.backing.mongo.program import COMPATIBLE, MONGODB, find_mongo

PATIENT = Limits(wall_seconds=90, run_seconds=20)


FASTAPI = """
    import os
    from fastapi import FastAPI, Request
    from pymongo import MongoClient
    from pymongo.errors import PyMongoError

    app = FastAPI()
    things = MongoClient(os.environ["MONGO_URL"]).get_default_database()["things"]

    @app.post("/things")
    async def add(request: Request):
        thing = await request.json()
        things.insert_one(thing)
        return {"id": str(thing["_id"])}

    @app.get("/count")
    def count():
        return things.count_documents({})
"""
EXPRESS = """
    import express from "express";
    import { MongoClient } from "mongodb";

    const things = new MongoClient(process.env.MONGO_URL).db().collection("things");
    const app = express();
    app.use(express.json());
    app.post("/things", async (request, response) => {
      const { insertedId } = await things.insertOne(request.body);
      response.json({ id: String(insertedId) });
    });
    app.get("/count", async (_request, response) => {
      response.json(await things.countDocuments({}));
    });
    app.listen(process.env.PORT, "127.0.0.1");
"""


@pytest.fixture
def grade_mongo(grade):
    """Grade a service that speaks with the store."""
    skip_without("mongo")

    async def run(checks, code=FASTAPI, **more):
        more = {"limits": PATIENT, "services": ("mongo",), "stack": "fastapi", **more}
        return await grade(checks, code, **more)

    return run


def passed(graded):
    assert graded.report.verdict is Verdict.PASSED, [
        (each.message, each.got, each.detail) for each in graded.report.checks
    ]


@pytest.mark.parametrize(("stack", "code"), [("fastapi", FASTAPI), ("express", EXPRESS)])
async def test_drivers_of_every_stack_find_it_by_its_address(grade_mongo, stack, code):
    graded = await grade_mongo(
        """
        @check(task="t", objectives=["o"])
        def test_it(service, mongo):
            id = service.post("/things", json={"a": {"b": [1, 2.5, None, True, "é"]}}).json()["id"]
            assert mongo.find("things") == [{"_id": id, "a": {"b": [1, 2.5, None, True, "é"]}}]
            mongo.insert("things", {"_id": 7}, {"_id": 8})
            assert service.get("/count").json() == 3
            assert mongo.count("things", {"_id": 7}) == 1
            assert [str(each) for each in mongo.commands()] == ["insert things", "aggregate things"]
            [inserted] = mongo.commands("insert")
            assert inserted.body["documents"][0]["a"]["b"][0] == 1
            assert inserted.reply["n"] == 1

        @check(task="t", objectives=["o"])
        def test_again(service, mongo):
            assert service.get("/count").json() == 0, "nothing is left of the check before"
            assert mongo.commands("insert") == []
        """,
        code,
        stack=stack,
    )

    passed(graded)


async def test_a_verdict_names_the_store_that_it_ran_on(grade_mongo):
    graded = await grade_mongo(
        """
        @check(task="t", objectives=["o"])
        def test_it(mongo):
            assert mongo.count("things") == 0
        """
    )

    store = find_mongo()
    assert store.title in (MONGODB, COMPATIBLE)
    assert graded.report.stack_version.startswith("FastAPI ")
    assert graded.report.stack_version.endswith(f", {store.title} {store.version}")


async def test_check_reads_orders_counts_and_is_told_what_is_refused(grade_mongo):
    graded = await grade_mongo(
        """
        from milepost.engine.backing.mongo.client import MongoRefused

        @check(task="t", objectives=["o"])
        def test_it(mongo):
            mongo.insert("many", *({"_id": n, "odd": n % 2 == 1} for n in range(25_000)))
            assert mongo.count("many") == 25_000, "a cursor is read whole"
            odd = mongo.find("many", {"odd": True}, sort={"_id": -1})
            assert [each["_id"] for each in odd[:2]] == [24999, 24997]
            assert mongo.indexes("nothing") == []
            mongo.command(createIndexes="many", indexes=[{"name": "o", "key": {"odd": 1}}])
            assert [each["key"] for each in mongo.indexes("many")] == [{"_id": 1}, {"odd": 1}]
            assert [each["unique"] for each in mongo.indexes("many")] == [False, False]
            with pytest.raises(MongoRefused) as refused:
                mongo.insert("many", {"_id": 7})
            assert refused.value.code == 11000
            with pytest.raises(MongoRefused, match="the check asked of it, `nonsense`"):
                mongo.command(nonsense=1)
            note("store", title=mongo.title, version=mongo.version)
        """,
    )

    passed(graded)
    pieces = [each for each in graded.only.evidence if each.kind == "documents"]
    assert pieces[0].title == "insert many"
    assert pieces[-1].response.code == 59


async def test_learner_code_is_refused_what_runs_a_server_and_goes_on(grade_mongo):
    graded = await grade_mongo(
        """
        @check(task="t", objectives=["o"])
        def test_it(service, mongo):
            for name in ("shutdown", "fsync", "createUser", "setParameter", "eval", "logRotate"):
                said = service.post("/run", json={name: 1}).json()["said"]
                assert f"`{name}` is not among the commands that labs may use" in said, said
            said = service.post("/run", json={"insert": "x", "documents": [{}]}).json()["said"]
            assert "`insert` in the database `admin` is not allowed" in said, said
            said = service.post("/run", json={"ping": 1}).json()["said"]
            assert said.startswith("{'ok': 1"), "its twin"
        """,
        """
    import os
    from fastapi import FastAPI, Request
    from pymongo import MongoClient
    from pymongo.errors import PyMongoError

    app = FastAPI()
    store = MongoClient(os.environ["MONGO_URL"])

    @app.post("/run")
    async def run(request: Request):
        try:
            return {"said": str(store.admin.command(await request.json()))}
        except PyMongoError as error:
            return {"said": str(error)}
        """,
    )

    passed(graded)


async def test_document_that_is_too_deep_is_refused_with_a_sentence(grade_mongo):
    graded = await grade_mongo(
        """
        @check(task="t", objectives=["o"])
        def test_it(service, mongo):
            assert service.get("/add/90").json() == "added", "as deep as MongoDB allows"
            assert "nested deeper than 100 levels" in service.get("/add/200").json()
            assert service.get("/add/1").json() == "added", "and it goes on"
            assert mongo.count("things") == 2
        """,
        """
    import os
    from fastapi import FastAPI
    from pymongo import MongoClient
    from pymongo.errors import PyMongoError

    app = FastAPI()
    things = MongoClient(os.environ["MONGO_URL"]).get_default_database()["things"]

    @app.get("/add/{levels}")
    def add(levels: int):
        thing = {}
        for _ in range(levels):
            thing = {"in": thing}
        try:
            things.insert_one(thing)
        except PyMongoError as error:
            return str(error)
        return "added"
        """,
    )

    passed(graded)


COUNTING = """
    import os
    from fastapi import FastAPI
    from pymongo import MongoClient, ReturnDocument

    app = FastAPI()
    things = MongoClient(os.environ["MONGO_URL"]).get_default_database()["things"]

    @app.post("/count")
    def count():
        WAY
"""
READS_FIRST = """
        number = things.find_one({"_id": 1})["n"] + 1
        things.update_one({"_id": 1}, {"$set": {"n": number}})
        return number
"""
ADDS_THERE = """
        found = things.find_one_and_update(
            {"_id": 1}, {"$inc": {"n": 1}}, return_document=ReturnDocument.AFTER
        )
        return found["n"]
"""


@pytest.mark.parametrize(
    ("way", "answers", "left"), [(READS_FIRST, [41, 41], 41), (ADDS_THERE, [41, 42], 42)]
)
async def test_held_writes_part_reading_from_writing(grade_mongo, way, answers, left):
    graded = await grade_mongo(
        f"""
        @check(task="t", objectives=["o"])
        def test_it(service, mongo):
            for _ in range(3):
                mongo.command(delete="things", deletes=[{{"q": {{}}, "limit": 0}}])
                mongo.insert("things", {{"_id": 1, "n": 40}})
                with mongo.held_writes() as writes:
                    sent = [service.send("POST", "/count") for _ in range(2)]
                    assert writes.wait_for(2) == 2
                assert sorted(each.answer().json() for each in sent) == {answers}
                assert mongo.find("things") == [{{"_id": 1, "n": {left}}}]
        """,
        COUNTING.replace("        WAY", way.strip("\n")),
    )

    passed(graded)


async def test_connections_that_break_are_made_anew(grade_mongo):
    graded = await grade_mongo(
        """
        @check(task="t", objectives=["o"])
        def test_it(service, mongo):
            assert service.get("/count").json() == 0
            mongo.kill_connections()
            assert service.get("/count").json() == 0, "the driver connects again"
        """
    )

    passed(graded)


async def test_failed_check_shows_commands_and_replies_of_learner_code(grade_mongo):
    graded = await grade_mongo(
        """
        @check(task="t", objectives=["o"])
        def test_it(service, mongo):
            service.post("/things", json={"a": 1})
            assert mongo.count("things") == 2, "to be raised"
        """
    )

    assert graded.only.outcome is Outcome.FAILED
    [shown] = [each for each in graded.only.evidence if each.actor == "learner"]
    assert (shown.kind, shown.title) == ("documents", "insert things")
    assert shown.request.body["documents"][0]["a"] == 1
    assert shown.summarise() == "1 counted"


async def test_memory_that_is_used_up_is_a_limit_with_its_name(grade_mongo):
    graded = await grade_mongo(
        """
        @check(task="t", objectives=["o"])
        def test_it(mongo):
            while True:
                mongo.insert("large", *({"text": "x" * 1_000_000} for _ in range(8)))
        """,
        limits=Limits(
            wall_seconds=90, run_seconds=20, of_components={"mongo_bytes": 16 * 1024 * 1024}
        ),
    )

    assert graded.report.limit_hit == "mongo_bytes", graded.report


async def test_code_that_floods_it_is_heard_no_more(grade_mongo):
    graded = await grade_mongo(
        """
        @check(task="t", objectives=["o"])
        def test_it(service, mongo):
            service.get("/flood")
            mongo.commands()
        """,
        """
    import os
    from fastapi import FastAPI
    from pymongo import MongoClient
    from pymongo.errors import PyMongoError

    app = FastAPI()
    url = os.environ["MONGO_URL"] + "?serverSelectionTimeoutMS=500"
    things = MongoClient(url).get_default_database()["things"]

    @app.get("/flood")
    def flood():
        try:
            for _ in range(40):
                things.delete_many({"_id": {"$in": ["x" * 1_000_000]}})
        except PyMongoError:
            return "stopped"
        """,
    )

    assert graded.report.limit_hit == "output_bytes", graded.report
    assert "more than 16384 KiB of commands" in graded.only.message


async def test_machine_without_a_store_says_what_fixes_it(grade_mongo, monkeypatch, tmp_path):
    from milepost.engine.backing.mongo import program

    program.find_mongo.cache_clear()
    monkeypatch.setattr(program, "find_on_system", lambda _: iter(()))
    monkeypatch.setattr(program, "place_mongo", lambda: tmp_path)
    try:
        graded = await grade_mongo(
            """
            @check(task="t", objectives=["o"])
            def test_it(mongo):
                assert mongo.count("things") == 0
            """
        )
    finally:
        program.find_mongo.cache_clear()

    assert graded.report.verdict is Verdict.ENGINE_FAILED
    assert "milepost components install mongo" in graded.report.message
