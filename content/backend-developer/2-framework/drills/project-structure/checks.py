"""Checks of the late check-out: requests, calls of the rule, and runs of small scripts beside the learner's files.

Hours are drawn from the seed of the run, and so is the rule that takes the place of the learner's.
"""

from milepost.engine.checks import check

MODULES = ["main", "fastapi", "starlette", "express", "django"]
VISITORS = {"python": "visitor.py", "node": "visitor.mjs"}
RULES = {"python": "rules.py", "node": "rules.mjs"}

# The job at night: a program that has neither a web framework nor the service.
ALONE = {
    "python": f"""import sys

loaded = [name for name in sys.modules if name.partition(".")[0] in {MODULES}]
for name in [*{MODULES}, *loaded]:
    sys.modules[name] = None

from rules import late_fee

print([late_fee(hour) for hour in HOURS])
""",
    "node": f"""import {{ registerHooks }} from "node:module";

registerHooks({{
  resolve(name, context, next) {{
    if ({MODULES}.some((each) => name.includes(each))) throw new Error(`there is no ${{name}} at night`);
    return next(name, context);
  }},
}});

const {{ lateFee }} = await import("./rules.mjs");

console.log(JSON.stringify(HOURS.map((hour) => lateFee(hour))));
""",
}

# Another rule, from another season: so many euros for every hour of the day.
SEASON = {
    "python": "def late_fee(hour):\n    return hour * EUROS\n",
    "node": "export const lateFee = (hour) => hour * EUROS;\n",
}

ASKS = {
    "fastapi": """import asyncio

import httpx

from main import app


async def ask(path):
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://hotel") as client:
        return (await client.get(path)).text


for path in PATHS:
    print(asyncio.run(ask(path)))
""",
    "django": """import main
from django.test import Client

for path in PATHS:
    print(Client().get(path).content.decode())
""",
    "express": """process.env.PORT = "8017";
await import("./main.mjs");

for (const path of PATHS) {
  for (let tries = 0; tries < 50; tries += 1) {
    try {
      const answer = await fetch(`http://127.0.0.1:8017${path}`);
      console.log(await answer.text());
      break;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
process.exit();
""",
}


def charge(hour):
    """Return what a late check-out costs."""
    return max(0, hour - 12) * 10


def draw_hours(random):
    """Draw hours of a day, the borders of the rule among them."""
    return [11, 12, 13, *random.sample([*range(11), *range(14, 25)], 4)]


def quote_error(run):
    """Quote the error that ended a run, where standard error shows one."""
    errors = [line for line in run.stderr.splitlines() if "Error" in line]
    return f" It broke off: `{errors[-1].strip()[:160]}`." if errors else ""


def read_framework(source):
    """Return the framework of the learner's files, as their names and imports tell."""
    if "main.mjs" in source.files:
        return "express"
    return "fastapi" if "fastapi" in source.imports() else "django"


@check(task="two-prices-for-one-check-out", objectives=["framework.project-structure"])
def test_quote_and_bill_agree(service, random):
    """What is promised is what is billed"""
    for hour in draw_hours(random):
        for path in (f"/quotes/{hour}", f"/bills/{hour}"):
            answer = service.get(path)
            assert answer.status_code == 200, f"`GET {path}` was answered with {answer.status_code} instead of 200"
            assert answer.json() == {"euros": charge(hour)}, (
                f"This is the answer to `GET {path}`. Until 12 a check-out is free, and each hour after that costs 10 euros, for the quote as for the bill"
            )


@check(task="two-prices-for-one-check-out", objectives=["framework.project-structure"])
def test_the_rule_is_a_function_in_rules(solution, random):
    """The rule is a function in rules, of an hour"""
    for hour in draw_hours(random):
        assert solution.call("late_fee", hour) == charge(hour), (
            "The rule was asked with a whole number, as a test or a job would do. It gets an hour and returns euros; what a request is, the routes know"
        )


@check(task="two-prices-for-one-check-out", objectives=["framework.project-structure"])
def test_the_rule_needs_no_framework(program, solution, random):
    """The rule works where there is no web framework, and no main"""
    hours = draw_hours(random)
    file = VISITORS[solution.language]
    run = program.run(file, files={file: ALONE[solution.language].replace("HOURS", str(hours))})
    assert run.stdout.strip().replace(" ", "") == str([charge(hour) for hour in hours]).replace(" ", ""), (
        f"A job at night, which has neither your framework nor your main, asked rules for these hours.{quote_error(run)} A rule imports nothing that knows of requests: main imports "
        "rules, and never the other way round"
    )


@check(task="two-prices-for-one-check-out", objectives=["framework.project-structure"])
def test_both_routes_ask_the_rule(program, solution, source, random):
    """When the rule changes, both routes change with it"""
    euros, hour = random.randint(2, 9), random.randint(1, 24)
    paths = [f"/quotes/{hour}", f"/bills/{hour}"]
    file, rules = VISITORS[solution.language], RULES[solution.language]
    run = program.run(
        file,
        files={
            file: ASKS[read_framework(source)].replace("PATHS", str(paths)),
            rules: SEASON[solution.language].replace("EUROS", str(euros)),
        },
    )
    wanted = f'{{"euros":{hour * euros}}}'
    assert run.stdout.replace(" ", "").splitlines() == [wanted, wanted], (
        f"Your rules were replaced by those of another season, {euros} euros for every hour of the day, and `{paths[0]}` and `{paths[1]}` were asked.{quote_error(run)} A route "
        "that answers otherwise still has a rule of its own: let both call the one in rules, with the hour as a number"
    )
