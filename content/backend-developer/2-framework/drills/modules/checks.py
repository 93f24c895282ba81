"""Checks of the hotel's parts: requests to the service, and small services of the checks, which put the learner's parts together in other ways.

Names of guests are drawn from the seed of the run. A part that must not be needed is replaced by a file that can't be loaded.
"""

from milepost.engine.checks import check

NAMES = ["Ada", "Bo", "Chidi", "Dunja", "Emre", "Freya", "Gael", "Hana", "Ilse", "Jun"]

# Each asks a service that a `main` of the checks has put together, and prints the answers line by line.
VISITORS = {
    "fastapi": """import asyncio

import httpx

from main import app


async def ask(method, path):
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://hotel") as client:
        return (await client.request(method, path)).text


for method, path in REQUESTS:
    print(asyncio.run(ask(method, path)))
""",
    "django": """import project
import main
from django.test import Client

for method, path in REQUESTS:
    print(Client().generic(method, path).content.decode())
""",
    "express": """process.env.PORT = "8017";
await import("./main.mjs");

async function ask(method, path) {
  for (let tries = 0; tries < 50; tries += 1) {
    try {
      const answer = await fetch(`http://127.0.0.1:8017${path}`, { method });
      return await answer.text();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

for (const [method, path] of REQUESTS) {
  console.log(await ask(method, path));
}
process.exit();
""",
}

# A hotel with a desk and a reporter, who hears of every guest.
DESK_ALONE = {
    "fastapi": """from fastapi import FastAPI

import desk

app = FastAPI()
app.include_router(desk.router)
heard = []
desk.on_check_in.append(heard.append)


@app.get("/heard")
def list_heard():
    return heard
""",
    "django": """import desk
from django.http import JsonResponse
from django.urls import path

heard = []
desk.on_check_in.append(heard.append)
urlpatterns = [*desk.urlpatterns, path("heard", lambda request: JsonResponse(heard, safe=False))]
""",
    "express": """import express from "express";

import * as desk from "./desk.mjs";

const app = express();
app.use(desk.router);
const heard = [];
desk.onCheckIn.push((name) => heard.push(name));
app.get("/heard", (request, response) => {
  response.json(heard);
});
app.listen(process.env.PORT, "127.0.0.1");
""",
}

# A restaurant that nobody checks in at.
BREAKFAST_ALONE = {
    "fastapi": """from fastapi import FastAPI

import breakfast

app = FastAPI()
app.include_router(breakfast.router)
for name in GUESTS:
    breakfast.prepare(name)
""",
    "django": """import breakfast

urlpatterns = breakfast.urlpatterns
for name in GUESTS:
    breakfast.prepare(name)
""",
    "express": """import express from "express";

import * as breakfast from "./breakfast.mjs";

const app = express();
app.use(breakfast.router);
for (const name of GUESTS) breakfast.prepare(name);
app.listen(process.env.PORT, "127.0.0.1");
""",
}

# Another kitchen, behind the same front door.
OTHER_KITCHEN = {
    "fastapi": """from fastapi import APIRouter

router = APIRouter()
order = {}


def prepare(name):
    order[name] = "porridge"


@router.get("/breakfasts")
def list_breakfasts():
    return order
""",
    "django": """from django.http import JsonResponse
from django.urls import path

order = {}


def prepare(name):
    order[name] = "porridge"


urlpatterns = [path("breakfasts", lambda request: JsonResponse(order))]
""",
    "express": """import { Router } from "express";

export const router = Router();
const order = {};

export function prepare(name) {
  order[name] = "porridge";
}

router.get("/breakfasts", (request, response) => {
  response.json(order);
});
""",
}

GONE = {"python": 'raise ImportError("this part is closed for the winter")\n', "node": 'throw new Error("this part is closed for the winter");\n'}


def draw_guests(random):
    """Draw some guests."""
    return random.sample(NAMES, 3)


def read_framework(source):
    """Return the framework of the learner's files, as their names tell."""
    if "main.mjs" in source.files:
        return "express"
    return "django" if "manage.py" in source.files else "fastapi"


def quote_error(run):
    """Quote the error that ended a run, where standard error shows one."""
    errors = [line for line in run.stderr.splitlines() if "Error" in line]
    return f" It broke off: `{errors[-1].strip()[:160]}`." if errors else ""


def visit(program, solution, framework, requests, **parts):
    """Ask a service put together from the learner's parts and from these."""
    ending = "mjs" if solution.language == "node" else "py"
    files = {f"{name}.{ending}": code for name, code in parts.items()}
    files[f"visitor.{ending}"] = VISITORS[framework].replace("REQUESTS", str([list(each) for each in requests]))
    return program.run(f"visitor.{ending}", files=files)


def read_lines(run):
    """Return what was printed, without spaces, line by line."""
    return run.stdout.replace(" ", "").splitlines()


def write_list(names):
    """Write a list of names as compact JSON."""
    return str(names).replace("'", '"').replace(" ", "")


def check_in(guests):
    """Write the requests by which guests check in."""
    return [("POST", f"/guests/{name}") for name in guests]


@check(task="no-breakfast-in-november", objectives=["framework.modules"])
def test_guests_check_in_and_get_breakfast(service, random):
    """Guests check in, and each gets one egg"""
    guests = draw_guests(random)
    for name in guests:
        answer = service.post(f"/guests/{name}")
        assert answer.status_code == 201, f"`POST /guests/{name}` was answered with {answer.status_code} instead of 201"
        assert answer.json() == {"guest": name}, "What the service answers stays as it is"
    answer = service.get("/breakfasts")
    assert answer.status_code == 200, f"`GET /breakfasts` was answered with {answer.status_code} instead of 200"
    assert answer.json() == guests, (
        "These guests have checked in, and each gets one egg. The desk doesn't know the kitchen any more, so main has to connect them: once, where it puts them together"
    )


@check(task="no-breakfast-in-november", objectives=["framework.modules"])
def test_the_desk_works_without_breakfast(program, solution, source, random):
    """The desk works without breakfast, and tells everybody who wants to know"""
    guests, framework = draw_guests(random), read_framework(source)
    run = visit(
        program,
        solution,
        framework,
        [*check_in(guests), ("GET", "/heard")],
        main=DESK_ALONE[framework],
        breakfast=GONE[solution.language],
    )
    answers = [f'{{"guest":"{name}"}}' for name in guests]
    assert read_lines(run) == [*answers, write_list(guests)], (
        f"A hotel was put together from your desk and a reporter in its list of `on_check_in`, without breakfast.{quote_error(run)} Guests check in there too, and the reporter hears "
        "of each of them. The desk imports no other part, also not within a function: it calls the functions of its list"
    )


@check(task="no-breakfast-in-november", objectives=["framework.modules"])
def test_breakfast_works_without_a_desk(program, solution, source, random):
    """Breakfast works without a desk"""
    guests, framework = draw_guests(random), read_framework(source)
    run = visit(
        program,
        solution,
        framework,
        [("GET", "/breakfasts")],
        main=BREAKFAST_ALONE[framework].replace("GUESTS", str(guests)),
        desk=GONE[solution.language],
    )
    assert read_lines(run) == [write_list(guests)], (
        f"A restaurant without a desk called your `prepare` for each of its guests, and then asked for `/breakfasts`.{quote_error(run)} Breakfast imports no other part either; that "
        "`prepare` is called when somebody checks in is for main to arrange"
    )


@check(task="no-breakfast-in-november", objectives=["framework.modules"])
def test_main_knows_only_the_front_door(program, solution, source, random):
    """Another kitchen behind the same front door is as good"""
    guests, framework = draw_guests(random), read_framework(source)
    run = visit(
        program, solution, framework, [*check_in(guests), ("GET", "/breakfasts")], breakfast=OTHER_KITCHEN[framework]
    )
    last = (read_lines(run) or [""])[-1]
    assert last == "{" + ",".join(f'"{name}":"porridge"' for name in guests) + "}", (
        f"Your breakfast was replaced by another one, which has `prepare` and its routes, and keeps its orders in its own way.{quote_error(run)} Your main connects `prepare` with the "
        "desk and reaches for nothing behind it"
    )
