"""The files of a learner's service, as a check adds some and takes others away."""

import pytest

from milepost.engine import Limits, Outcome, Verdict

PATIENT = Limits(wall_seconds=60, run_seconds=10)

FASTAPI = {
    "main.py": """
        import importlib, pathlib
        from fastapi import FastAPI

        app = FastAPI()
        parts = sorted(each.parent.name for each in pathlib.Path("parts").glob("*/__init__.py"))
        words = {name: importlib.import_module(f"parts.{name}").WORD for name in parts}
        app.get("/")(lambda: words)
    """,
    "parts/one/__init__.py": "WORD = 'learner'",
    "parts/two/__init__.py": "from .deep.words import WORD",
    "parts/two/deep/words.py": "WORD = 'learner'",
}
EXPRESS = {
    "main.mjs": """
        import { readdirSync } from "node:fs";
        import express from "express";

        const words = {};
        for (const name of readdirSync("parts")) {
          words[name] = (await import(`./parts/${name}/index.mjs`)).word;
        }
        const app = express();
        app.get("/", (_, response) => response.json(words));
        app.listen(process.env.PORT, "127.0.0.1");
    """,
    "parts/one/index.mjs": 'export const word = "learner";',
    "parts/two/index.mjs": 'export { word } from "./deep/words.mjs";',
    "parts/two/deep/words.mjs": 'export const word = "learner";',
}
PART = {
    "fastapi": ("__init__.py", "WORD = 'check'"),
    "express": ("index.mjs", 'export const word = "check";'),
}
# Serves what its own folder holds, and makes a link in it while it runs.
LISTS = """
    import json, os
    from http.server import BaseHTTPRequestHandler, HTTPServer

    if os.path.exists("silence"):
        os.environ["PORT"] = "8001"
    os.makedirs("/tmp/aside", exist_ok=True)
    open("/tmp/aside/kept", "w").close()
    if not os.path.lexists("link"):
        os.symlink("/tmp/aside", "link")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            body = json.dumps({"here": os.listdir("."), "aside": os.listdir("/tmp/aside")}).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"""


@pytest.mark.parametrize(("stack", "files"), [("fastapi", FASTAPI), ("express", EXPRESS)])
async def test_what_a_check_adds_and_removes_is_so_at_the_next_start_of_that_check_alone(
    grade, stack, files
):
    name, code = PART[stack]
    untouched = """
        @check(task="t", objectives=["o"])
        def test_{}(service):
            assert service.get("/").json() == {{"one": "learner", "two": "learner"}}, "untouched"
    """
    graded = await grade(
        untouched.format("before")
        + f"""
        @check(task="t", objectives=["o"])
        def test_change(service):
            service.add_files({{"parts/three/{name}": {code!r}}})
            service.remove_files("parts/two")
            assert service.get("/").json() == {{"one": "learner", "three": "check"}}, "both"
            service.add_files({{"parts/one/{name}": {code!r}}})
            assert service.get("/").json()["one"] == "learner", "what runs has read its files"
            service.restart()
            assert service.get("/").json() == {{"one": "check", "three": "check"}}, "replaced"
            service.remove_files("parts/three/{name}")
            service.remove_files("parts/three")
            service.restart()
            assert service.get("/").json() == {{"one": "check"}}, "its own go as well"
        """
        + untouched.format("after"),
        files,
        stack=stack,
        limits=PATIENT,
    )

    assert graded.report.verdict is Verdict.PASSED, graded.report.checks
    notes = [piece for piece in graded.report.checks[1].evidence if piece.kind == "note"]
    assert notes[0].title == f"Laid beside your files: parts/three/{name}"
    assert notes[0].request == {f"parts/three/{name}": code}
    assert notes[1].title == "Taken away from your files: parts/two"


async def test_what_is_not_there_to_be_removed_is_the_learners_to_know(grade):
    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_it(service):
            service.remove_files("parts/four")
        """,
        LISTS,
        limits=PATIENT,
    )

    assert graded.only.outcome is Outcome.FAILED
    assert "`parts/four` was to be taken away, and is not among your files" in graded.only.message


async def test_a_check_expects_that_with_an_error_of_its_own_name(grade):
    graded = await grade(
        """
        from milepost.engine.checks import FileNotThere

        @check(task="t", objectives=["o"])
        def test_it(service):
            with pytest.raises(FileNotThere):
                service.remove_files("parts")
        """,
        LISTS,
        limits=PATIENT,
    )

    assert graded.report.verdict is Verdict.PASSED, graded.only


async def test_a_link_that_learner_code_made_is_removed_and_never_followed(grade):
    graded = await grade(
        """
        from milepost.engine.checks import FileNotThere

        @check(task="t", objectives=["o"])
        def test_it(service):
            assert "link" in service.get("/").json()["here"]
            with pytest.raises(FileNotThere):
                service.remove_files("link/kept")
            service.remove_files("link")
            assert "link" not in service.get("/").json()["here"]
            assert service.get("/").json()["aside"] == ["kept"]
        """,
        LISTS,
        limits=PATIENT,
    )

    assert graded.report.verdict is Verdict.PASSED, graded.only


@pytest.mark.parametrize("path", ["../outside", "/outside", "", "a/../../b"])
async def test_a_path_outside_of_the_work_folder_is_refused(grade, path):
    graded = await grade(
        f"""
        from milepost.engine.checks import LimitReached

        @check(task="t", objectives=["o"])
        def test_it(service):
            for change in (service.remove_files, lambda path: service.add_files({{path: "x"}})):
                with pytest.raises(LimitReached, match="not a path inside"):
                    change({path!r})
        """,
        LISTS,
        limits=PATIENT,
    )

    assert graded.report.verdict is Verdict.PASSED, graded.only


async def test_a_service_that_was_silent_over_files_of_a_check_starts_without_them(grade):
    graded = await grade(
        """
        from milepost.engine.checks import ServiceNotReached

        @check(task="t", objectives=["o"])
        def test_silent(service):
            service.add_files({"silence": ""})
            with pytest.raises(ServiceNotReached):
                service.start()

        @check(task="t", objectives=["o"])
        def test_heard(service):
            assert "main.py" in service.get("/").json()["here"]
        """,
        LISTS,
        limits=PATIENT,
    )

    assert graded.report.verdict is Verdict.PASSED, graded.report.checks
