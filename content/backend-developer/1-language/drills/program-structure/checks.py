"""Checks of the reminders: runs of the program, and of small scripts that import its parts.

Customers and days are drawn from the seed of the run.
"""

from milepost.engine.checks import check

NAMES = ["ida", "bo", "cy", "dora", "emil", "kim", "lea", "mo", "nina", "otto"]
FILES = {"python": ("main.py", "visitor.py"), "node": ("main.mjs", "visitor.mjs")}

# What is left of the input after the import is printed: an import that reads it is seen as well.
IMPORTS = {
    "python": """import sys

import main

print(sys.stdin.read(), end="")
""",
    "node": """import { readFileSync } from "node:fs";

await import("./main.mjs");

process.stdout.write(readFileSync(0, "utf8"));
""",
}

CALLS = {
    "python": """import main

print("now")
main.main()
""",
    "node": """const { main } = await import("./main.mjs");

console.log("now");
await main();
""",
}

ASKS = {
    "python": """import sys

sys.modules["main"] = None  # there is no main in this program

from rules import is_overdue

print([day for day in DAYS if is_overdue(day)])
""",
    "node": """import { registerHooks } from "node:module";

registerHooks({
  resolve(name, context, next) {
    if (name.includes("main.mjs")) throw new Error("there is no main in this program");
    return next(name, context);
  },
});

const { isOverdue } = await import("./rules.mjs");

console.log(JSON.stringify(DAYS.filter((day) => isOverdue(day))));
""",
}


def draw_invoices(random):
    """Draw customers with the ages of their invoices, the border among them."""
    names = random.sample(NAMES, random.randint(6, 9))
    days = [14, 15, *(random.choice([random.randint(0, 13), random.randint(16, 90)]) for _ in names[2:])]
    random.shuffle(days)
    return list(zip(names, days, strict=True))


def write_input(invoices):
    """Write the lines that the program reads."""
    return "".join(f"{name} {days}\n" for name, days in invoices)


def write_reminders(invoices):
    """Write the lines that the program prints."""
    return [f"Dear {name}, {days} days!" for name, days in invoices if days >= 15]


def quote_error(run):
    """Quote the error that ended a run, where standard error shows one."""
    errors = [line for line in run.stderr.splitlines() if "Error" in line]
    return f" It broke off: `{errors[-1].strip()[:160]}`." if errors else ""


def visit(program, solution, scripts, invoices, days=()):
    """Run a script beside the learner's files, with invoices as its input."""
    file = FILES[solution.language][1]
    script = scripts[solution.language].replace("DAYS", str(list(days)))
    return program.run(file, stdin=write_input(invoices), files={file: script})


@check(task="reminders-not-by-accident", objectives=["language.program-structure"])
def test_the_program_prints_reminders(program, solution, random):
    """Started, the program prints its reminders"""
    invoices = draw_invoices(random)

    run = program.run(FILES[solution.language][0], stdin=write_input(invoices))
    assert run.stdout.splitlines() == write_reminders(invoices), (
        f"The program was started, and printed other reminders than before it was divided.{quote_error(run)} If it printed nothing at all, see by what your file "
        "tells that it was started: is that true when it is?"
    )


@check(task="reminders-not-by-accident", objectives=["language.program-structure"])
def test_importing_main_runs_nothing(program, solution, random):
    """Importing main prints nothing and reads nothing"""
    invoices = draw_invoices(random)

    run = visit(program, solution, IMPORTS, invoices)
    assert run.stdout == write_input(invoices), (
        f"A script imported your main, and then printed its own input.{quote_error(run)} Reminders in *Got* were sent by the import; input that is missing was read by "
        "it. Importing a file runs all that stands at its top level: put what the program does into a function"
    )


@check(task="reminders-not-by-accident", objectives=["language.program-structure"])
def test_main_is_a_function(program, solution, random):
    """Whoever imports main can have the work done, by calling main()"""
    invoices = draw_invoices(random)

    run = visit(program, solution, CALLS, invoices)
    assert run.stdout.splitlines() == ["now", *write_reminders(invoices)], (
        f"A script imported your main, printed `now`, and called `main()`, which prints the reminders.{quote_error(run)} What the program does is a function with a name, so that others "
        "can start it too; that the file was started only decides whether it is called"
    )


@check(task="reminders-not-by-accident", objectives=["language.program-structure"])
def test_the_rule_stands_alone(program, solution, random):
    """The rule is in rules, and works without main"""
    days = [14, 15, *random.sample(range(100), 8)]
    random.shuffle(days)

    run = visit(program, solution, ASKS, [], days)
    assert run.stdout.strip().replace(" ", "") == str([day for day in days if day >= 15]).replace(" ", ""), (
        f"A program that has no main asked your rules which of these days are overdue.{quote_error(run)} The rule and the number it needs live in rules: main imports rules, and never "
        "the other way round"
    )
