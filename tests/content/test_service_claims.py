"""What lessons state of web frameworks beside their examples, tried on the stacks' own versions."""

import re
import subprocess
from pathlib import Path

import pytest

from harness.lesson_services import (
    find_stack,
    hold,
    prepare,
    read_conversation,
    serving,
    write_files,
)

LESSONS = Path(__file__).parents[2] / "content" / "backend-developer" / "2-framework" / "lessons"
FASTAPI_ROOMS = """
from fastapi import FastAPI

app = FastAPI()


@app.get("/rooms/{number}")
def show_room(number: int):
    return {"room": number}


@app.get("/rooms/free")
def list_free_rooms():
    return {"free": [7, 12]}
"""
CRASH = """

@app.get("/broken")
def break_down():
    raise KeyError("7")
"""
DJANGO_ROOMS = """
from django.http import JsonResponse
from django.urls import path

urlpatterns = [
    path("rooms/", lambda _: JsonResponse([7, 12])),
    path("rooms/<int:number>/", lambda _, number: JsonResponse({"room": number})),
]
"""


def example(lesson: str, language: str, number: int) -> str:
    """Return an example of a lesson: they are counted from 0, each language for itself."""
    text = (LESSONS / f"{lesson}.md").read_text(encoding="utf-8")
    fenced = rf"^```{language}(?: [\w-]+)?\n(.*?)^```\n"
    found = re.findall(fenced, text, re.DOTALL | re.MULTILINE)
    code: str = found[number]
    return code


CLAIMS = {
    "routing: FastAPI checks types after it has chosen a route": (
        FASTAPI_ROOMS,
        "GET /rooms/free → 422",
    ),
    "routing: FastAPI redirects to the other slash, and knows small letters from large ones": (
        FASTAPI_ROOMS,
        "DELETE /rooms/7 → 405\nallow: GET\nGET /rooms/7/ → 307\nGET /ROOMS/7 → 404",
    ),
    "routing: Express takes a slash too many and any letters, and has no 405": (
        example("routing", "javascript", 0),
        """
DELETE /rooms/7 → 404
GET /rooms/7/ → 200 {"room": "7"}
GET /ROOMS/7 → 200 {"room": "7"}
""",
    ),
    "routing: Django adds a slash and takes none away; a view takes every method": (
        DJANGO_ROOMS,
        """
GET /rooms/7 → 301
location: /rooms/7/
GET /rooms/7// → 404
GET /ROOMS/7/ → 404
DELETE /rooms/7/ → 200 {"room": 7}
""",
    ),
    "request-handling: the careless FastAPI multiplies a text, and crashes without nights": (
        example("request-handling", "python", 0),
        f"""
POST /bookings {{"nights": "2"}} → 201 {{"euros": "{"2" * 90}"}}
POST /bookings {{}} → 500
""",
    ),
    "request-handling: the careless Express makes a number or null of it, and needs JSON": (
        example("request-handling", "javascript", 0),
        """
POST /bookings {"nights": "2"} → 201 {"euros": 180}
POST /bookings {} → 201 {"euros": null}
POST /bookings {"nights": 2}
content-type: text/plain
→ 500
""",
    ),
    "request-handling: with a schema, what isn't JSON is refused": (
        example("request-handling", "javascript", 1),
        """
POST /bookings {"nights": 2}
content-type: text/plain
→ 422
""",
    ),
    "request-handling: Pydantic takes a number as text unless it is strict": (
        example("request-handling", "python", 1).replace(", strict=True", ""),
        'POST /bookings {"guest": "Ada", "nights": "2"} → 201 {"euros": 180}',
    ),
    "response-handling: the careless FastAPI crashes where there is no guest": (
        example("response-handling", "python", 0),
        "GET /guests/5 → 500",
    ),
    "response-handling: the careless Express sends 200 and nothing": (
        example("response-handling", "javascript", 0),
        "GET /guests/5 → 200\ncontent-length: 0",
    ),
    "response-handling: a field of the model that is missing is the service's fault": (
        example("response-handling", "python", 1).replace('"room": 7, ', ""),
        "GET /guests/1 → 500",
    ),
    "response-handling: Django refuses a list unless it is told that it is safe": (
        DJANGO_ROOMS,
        "GET /rooms/ → 500",
    ),
    "middleware: without a handler for errors, Express keeps the header": (
        example("middleware", "javascript", 2).partition("app.use((error")[0],
        "GET /broken → 500\nx-request-id: a-7",
    ),
}


def test_middleware_an_error_that_nobody_catches_leaves_fastapi_without_the_header(
    tmp_path, stacks_dir
):
    careless = example("middleware", "python", 0) + CRASH

    with serving(careless, tmp_path, stacks_dir) as client:
        assert "x-request-id" in client.get("/rooms/7").headers
        assert client.get("/broken").status_code == 500
        assert "x-request-id" not in client.get("/broken").headers


@pytest.mark.parametrize("lesson_language", ["python", "javascript"])
def test_middleware_in_the_other_order_a_refusal_has_no_id(lesson_language, tmp_path, stacks_dir):
    code = example("middleware", lesson_language, 1)
    before, one, other = re.split(r"\n(?=app\.use|@app\.middleware)", code)

    with serving(f"{before}\n{other}\n{one}", tmp_path, stacks_dir) as client:
        refused = client.get("/rooms/7")

    assert refused.status_code == 503
    assert "x-request-id" not in refused.headers


@pytest.mark.parametrize(("mode", "tells"), [("production", False), ("development", True)])
def test_configuration_express_sends_stack_traces_unless_it_is_in_production(
    mode, tells, tmp_path, stacks_dir
):
    code = example("middleware", "javascript", 2).partition("app.use((error")[0]

    with serving(code, tmp_path, stacks_dir, {"NODE_ENV": mode}) as client:
        assert ("main.mjs" in client.get("/broken").text) == tells


@pytest.mark.parametrize(("service", "conversation"), CLAIMS.values(), ids=CLAIMS.keys())
def test_a_framework_does_what_a_lesson_says(service, conversation, tmp_path, stacks_dir):
    with serving(service, tmp_path, stacks_dir) as client:
        for exchange in read_conversation(conversation):
            hold(client, exchange)


@pytest.mark.parametrize(
    "untrue",
    [
        'GET /rooms/7 → 200 {"room": 8}',
        "GET /rooms/7 → 404",
        "GET /rooms/7 → 200\nallow: …",
        'GET /rooms/7 → 200 {"room": 7…8}',
    ],
)
def test_a_conversation_that_is_not_true_is_refused(untrue, tmp_path, stacks_dir):
    with serving(FASTAPI_ROOMS, tmp_path, stacks_dir) as client:
        (exchange,) = read_conversation(untrue)
        with pytest.raises(AssertionError):
            hold(client, exchange)


@pytest.mark.parametrize(
    "slip", ["GET /rooms/7", "get /rooms/7 → 200", "GET /rooms/7 → 200\nno header"]
)
def test_a_slip_in_a_conversation_is_not_read_over(slip):
    with pytest.raises(AssertionError):
        read_conversation(slip)


@pytest.mark.parametrize(
    ("code", "printed"),
    [
        pytest.param(
            'import { z } from "zod";\n'
            "console.log(z.coerce.boolean().parse('false'), z.stringbool().parse('false'),\n"
            "  z.coerce.number().parse(''))",
            "true false 0",
            id="zod reads texts in several ways",
        ),
        pytest.param(
            "from pydantic import TypeAdapter, ValidationError\n"
            "print(TypeAdapter(bool).validate_python('false'))\n"
            "try:\n    TypeAdapter(int).validate_python('')\n"
            "except ValidationError as error:\n    print(error.error_count())",
            "False\n1",
            id="Pydantic knows that false means no, and refuses an empty number",
        ),
    ],
)
def test_configuration_libraries_read_texts_in_their_own_ways(code, printed, tmp_path, stacks_dir):
    assert run_program(code, tmp_path, stacks_dir).stdout.strip() == printed


def test_project_structure_a_new_app_of_django_has_these_files(tmp_path, stacks_dir):
    code = (
        'from django.core.management import call_command\n\ncall_command("startapp", "checkout")\n'
    )

    run_program(code, tmp_path, stacks_dir)

    found = {file.name for file in (tmp_path / "checkout").iterdir()}
    assert found >= {"models.py", "views.py", "tests.py", "migrations"}
    assert "urls.py" not in found


@pytest.mark.parametrize("language", ["python", "javascript"])
def test_modules_without_breakfast_nobody_can_check_in_or_they_can(language, tmp_path, stacks_dir):
    before, after = (without_breakfast(example("modules", language, at)) for at in (0, 1))
    (tmp_path / "before").mkdir()

    with (
        pytest.raises(AssertionError, match="did not start"),
        serving(before, tmp_path / "before", stacks_dir),
    ):
        pass
    with serving(after, tmp_path, stacks_dir) as client:
        assert client.post("/guests/Ada").status_code == 201
        assert client.get("/breakfasts").status_code == 404


def without_breakfast(code: str) -> str:
    """Delete the file, and the lines of `main` that name it."""
    parts = re.split(r"^(?=(?:#|//) \w+\.(?:py|mjs)$)", code, flags=re.MULTILINE)
    _, _, desk, main = parts
    left = re.sub(r"^.*[^,] ?\bbreakfast\b.*\n", "", main, flags=re.MULTILINE)
    return desk + left.replace(", breakfast.router", "")


def test_modules_a_signal_reaches_everybody_or_nobody(tmp_path, stacks_dir):
    code = (
        "from django.dispatch import Signal\n\n"
        "checked_in = Signal()\n"
        'print(checked_in.send(sender="desk", name="Ada"))\n\n\n'
        "def prepare(name, **_):\n    print(name)\n\n\n"
        "checked_in.connect(prepare)\n"
        'checked_in.send(sender="desk", name="Bo")\n'
    )

    assert run_program(code, tmp_path, stacks_dir).stdout == "[]\nBo\n"


def run_program(code: str, folder: Path, stacks_dir: Path) -> subprocess.CompletedProcess[str]:
    stack = find_stack(code)
    assert stack is not None
    argv = ("node", "main.mjs") if stack == "express" else ("python", "main.py")
    write_files(folder, code, argv[-1])
    command, environment = prepare(stack, argv, folder, stacks_dir)
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=20, check=True
    )
