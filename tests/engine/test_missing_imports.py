"""What a learner is told whose code imports something that isn't there."""

import textwrap

import pytest

from milepost.engine import Limits
from milepost.engine.checks.missing_imports import explain_missing_import
from milepost.engine.protocol.settings import Importable
from milepost.languages import find_language

HURRIED = Limits(wall_seconds=60, run_seconds=20)
ASKS = """
    @check(task="t", objectives=["o"])
    def test_it(service):
        service.get("/")
"""


@pytest.mark.needs_isolated_tier
@pytest.mark.parametrize(
    ("stack", "code", "missing", "library"),
    [
        ("fastapi", "import flask\n", "flask", "psycopg"),
        ("express", 'import koa from "koa";\n', "koa", "express"),
    ],
)
async def test_a_service_that_imports_too_much_is_told_with_what_there_is(
    grade, stack, code, missing, library
):
    graded = await grade(textwrap.dedent(ASKS), code, stack=stack, limits=HURRIED)

    said = graded.only.message
    assert f". Nothing called `{missing}` can be imported here: there are your own files" in said
    assert f" {library}" in said.partition("the standard library")[2]
    assert "==" not in said


@pytest.mark.parametrize(
    ("language", "said", "missing"),
    [
        ("python", "ModuleNotFoundError: No module named 'requests.adapters'", ""),
        ("python", "ModuleNotFoundError: No module named 'requests'", "requests"),
        ("python", "KeyError: 'requests'", ""),
        ("javascript", "Cannot find package 'lodash' imported from /work/main.mjs", "lodash"),
        ("javascript", "Cannot find module '@acme/tools'", "@acme/tools"),
        ("javascript", "Cannot find module '/work/store.mjs' imported from /work/main.mjs", ""),
    ],
)
def test_only_what_no_file_of_the_learner_could_be_is_explained(language, said, missing):
    pattern = find_language(language).names_missing_import

    explained = explain_missing_import(said, Importable(("fastapi",), pattern))

    expected = f". Nothing called `{missing}` can be imported here: there are your own files, the"
    assert explained == (f"{expected} standard library and fastapi" if missing else "")
