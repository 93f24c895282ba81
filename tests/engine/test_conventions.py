"""What frameworks answer by themselves, held against the table of the authors' guide.

Each service in `conventions/` is what its framework's documentation would write, and is asked all
of `questions.toml` as a check would. An update of a framework that changes an answer fails here;
`RECORD_CONVENTIONS=1` writes the table anew.
"""

import json
import os
import re
import tomllib
from pathlib import Path
from typing import Any

from milepost.engine import CheckResult, Limits
from milepost.engine.evidence.http import HttpExchange, HttpResponse
from milepost.engine.stacks import load_stack

CONVENTIONS = Path(__file__).with_name("conventions")
GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "conventions.md"
QUESTIONS = tomllib.loads((CONVENTIONS / "questions.toml").read_text(encoding="utf-8"))["question"]
STACKS = {"fastapi": "main.py", "django": "main.py", "express": "main.mjs"}
FEW = 10  # questions a check: what one check may show as evidence is bounded
SHORT = 84  # characters of a body: what tells answers apart stands in front
PATIENT = Limits(wall_seconds=60, run_seconds=10)
BOUNDARY = "cut-here"
ASKS = """
    @check(task="t", objectives=["o"])
    def test_ask_{number}(service, data):
        import json

        for asked in json.loads((data / "{number}.json").read_text()):
            asked["content"] = asked.pop("content").encode()
            service.request(asked.pop("method"), asked.pop("target"), **asked)
"""


def write_request(stack: str, question: dict[str, Any]) -> dict[str, Any]:
    path = question.get("django_path", question["path"]) if stack == "django" else question["path"]
    slash = (stack == "django") != question.get("other_slash", False)
    target = f"{path}/" if slash else path
    body, content_type = "", None
    if "json" in question:
        body, content_type = question["json"], "application/json"
    elif "filler_bytes" in question:
        body, content_type = (
            json.dumps({"title": "x" * question["filler_bytes"]}),
            "application/json",
        )
    elif "form" in question:
        body, content_type = question["form"], "application/x-www-form-urlencoded"
    elif "multipart" in question:
        disposition = 'Content-Disposition: form-data; name="name"'
        body = f"--{BOUNDARY}\r\n{disposition}\r\n\r\n{question['multipart']}\r\n--{BOUNDARY}--\r\n"
        content_type = f"multipart/form-data; boundary={BOUNDARY}"
    headers = {"content-type": content_type, **question.get("headers", {})}
    return {
        "method": question.get("method", "GET" if content_type is None else "POST"),
        "target": f"{target}?{question['query']}" if "query" in question else target,
        "headers": {name: value for name, value in headers.items() if value},
        "content": body,
    }


def describe(result: HttpExchange) -> str:
    response = result.response
    assert isinstance(response, HttpResponse)
    assert isinstance(response.headers, dict)
    headers = {name.lower(): value for name, value in response.headers.items()}
    told = [f"**{response.status}**"]
    told += [f"{name}: `{headers[name]}`" for name in ("allow", "location") if name in headers]
    body = read_body(headers.get("content-type", ""), response.body)
    return ", ".join([*told, body]) if body else ", ".join(told)


def read_body(content_type: str, body: str) -> str:
    if not body:
        return ""
    kind = content_type.partition(";")[0]
    if kind == "text/html":
        heading = re.search(r"<h1>(.*?)</h1>|<pre>(.*?)(<br>|</pre>)", body, re.DOTALL)
        assert heading is not None, body
        return f"HTML “{re.sub('<[^>]+>', '', heading[1] or heading[2])}”"
    line = " ".join(body.split()).replace("|", "\u2223")
    short = line if len(line) <= SHORT else f"{line[:SHORT]}…"
    return f"`{short}`" if kind == "application/json" else f"{kind} `{short}`"


def list_answers(checks: list[CheckResult]) -> list[str]:
    exchanges = [item for check in checks for item in check.evidence]
    return [describe(item) for item in exchanges if isinstance(item, HttpExchange)]


def write_table(versions: list[str], answers: dict[str, list[str]]) -> str:
    lines = [f"| asked | {' | '.join(versions)} |", f"|{'---|' * (len(versions) + 1)}"]
    for question, *row in zip(QUESTIONS, *answers.values(), strict=True):
        lines.append(f"| {question['about']} | {' | '.join(row)} |")
    return "\n".join(lines)


async def ask(grade: Any, stack: str) -> list[str]:
    groups = [QUESTIONS[at : at + FEW] for at in range(0, len(QUESTIONS), FEW)]
    checks = "".join(ASKS.format(number=number) for number in range(len(groups)))
    data = {
        f"{number}.json": json.dumps([write_request(stack, each) for each in group])
        for number, group in enumerate(groups)
    }
    name = STACKS[stack]
    code = (CONVENTIONS / stack / name).read_text(encoding="utf-8")
    graded = await grade(checks, {name: code}, stack=stack, data=data, limits=PATIENT)
    assert [check.message for check in graded.report.checks if check.message] == []
    return list_answers(graded.report.checks)


async def test_what_frameworks_answer_is_what_the_guide_says(grade, stacks_dir):
    answers = {stack: await ask(grade, stack) for stack in STACKS}
    versions = [load_stack(stack, stacks_dir).version.partition(",")[0] for stack in STACKS]
    table = write_table(versions, answers)
    text = GUIDE.read_text(encoding="utf-8")
    told = re.search(r"\| asked \|.*?(?=\n\n)", text, re.DOTALL)
    assert told is not None
    if os.environ.get("RECORD_CONVENTIONS"):
        GUIDE.write_text(text.replace(told[0], table), encoding="utf-8")
    assert told[0].splitlines() == table.splitlines()
