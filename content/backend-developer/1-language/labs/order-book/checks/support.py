"""What checks of several tasks use: small scripts that import the learner's modules.

A script is written from steps that read alike in both languages. Names, quantities and prices are drawn
from the seed of the run; what a step must give is known from how it was drawn.
"""

import re
from dataclasses import dataclass

from milepost.engine.checks.learner_code import quote_error

NAMES = ["ida", "orchard", "bo", "cy", "dora", "mill", "school", "inn", "cider", "emil", "kim", "lea"]
ORDERS = ["LimitOrder", "MarketOrder", "WholeOrder", "Order", "OrderRefused", "OrderNotFound", "MarketError"]
PYTHON = '''import json

IMPORTS

seen = []


def show(action):
    try:
        seen.append({"value": action()})
    except Exception as error:
        seen.append({"error": [kind.__name__ for kind in type(error).__mro__], "message": str(error)})


KINDSSTEPS
print(json.dumps(seen, default=vars))
'''
NODE = """IMPORTS

const seen = [];

function show(action) {
  try {
    seen.push({ value: action() ?? null });
  } catch (error) {
    const kinds = [];
    for (let kind = error?.constructor; kind?.name; kind = Object.getPrototypeOf(kind)) kinds.push(kind.name);
    seen.push({ error: kinds, message: String(error?.message ?? "") });
  }
}

KINDSSTEPS
console.log(JSON.stringify(seen));
"""


@dataclass(frozen=True)
class Step:
    """One line of a script: what is tried, what it must give, and why."""

    code: str
    expected: object = None
    why: str = ""
    is_shown: bool = True


@dataclass(frozen=True)
class Raises:
    """An error of this kind must come, with a sentence."""

    kind: str


ANYTHING = object()


def let(name, made):
    """Name an object, which can be made as the brief says."""
    return Step(f"{name} = {made}", is_shown=False)


def make(kind, name, side, *numbers):
    """Write how an order is made."""
    arguments = [f'"{name}"', f'"{side}"', *map(str, numbers)]
    return f"{kind}({', '.join(arguments)})"


def translate(code):
    """Write an expression in JavaScript."""
    code = re.sub(r"issubclass\((\w+), (\w+)\)", r"\1.prototype instanceof \2", code)
    code = re.sub(r"isinstance\((\w+), (\w+)\)", r"\1 instanceof \2", code)
    code = code.replace("Exception", "Error").replace("None", "null")
    return re.sub(r"\b([A-Z]\w*)\(", r"new \1(", code)


def write_line(step, language):
    """Write one step as a line of the script."""
    assigned = re.fullmatch(r"([\w.]+) = (.+)", step.code)
    if language == "node":
        code = translate(step.code)
        if not step.is_shown:
            return f"const {code};"
        return f"show(() => {{ {code}; }});" if assigned else f"show(() => {code});"
    if not step.is_shown:
        return step.code
    if assigned:
        owner, _, attribute = assigned[1].partition(".")
        return f'show(lambda: setattr({owner}, "{attribute}", {assigned[2]}))'
    return f"show(lambda: {step.code})"


def write_script(steps, kinds, language):
    """Write the script, which imports no more than it uses."""
    body = "\n".join(write_line(step, language) for step in steps)
    used = [name for name in ORDERS if re.search(rf"\b{name}\b", kinds + body)]
    if language == "node":
        imports = [f'import {{ {", ".join(used)} }} from "./orders.mjs";']
        book, template = ['import { Book } from "./book.mjs";'], NODE
    else:
        imports, book, template = [f"from orders import {', '.join(used)}"], ["from book import Book"], PYTHON
    if re.search(r"\bBook\b", body):
        imports = book + imports
    return template.replace("IMPORTS", "\n".join(imports)).replace("KINDS", kinds).replace("STEPS", body)


def run_steps(program, solution, steps, kinds=None):
    """Run a script beside the learner's modules, and judge what each of its steps gave."""
    file = {"node": "saturday.mjs"}.get(solution.language, "saturday.py")
    run = program.run(file, files={file: write_script(steps, (kinds or {}).get(solution.language, ""), solution.language)})
    assert run.exit_code == 0, (
        f"A script that imports your modules ended with exit code {run.exit_code}{quote_error(run)}. It makes right orders and names that "
        "the brief gives, in the files that it gives: see which of them yours lack, and what standard error says"
    )
    seen, shown = run.json(), [step for step in steps if step.is_shown]
    fitting = isinstance(seen, list) and len(seen) == len(shown) and all(is_outcome(each) for each in seen)
    assert fitting, (
        "A script that imports your modules printed something else than what its own steps gave. Only the script prints: your modules return "
        "values and raise errors, and leave standard output alone"
    )
    for step, outcome in zip(shown, seen, strict=True):
        judge(step, outcome, solution.language)


def is_outcome(each):
    """Whether this is what a script notes down of a step."""
    if not isinstance(each, dict):
        return False
    return set(each) == {"value"} or (
        set(each) == {"error", "message"}
        and isinstance(each["error"], list)
        and bool(each["error"])
        and all(isinstance(text, str) for text in [*each["error"], each["message"]])
    )


def judge(step, outcome, language):
    """Compare what a step gave with what it must give."""
    code = translate(step.code) if language == "node" else step.code
    if step.expected is ANYTHING:
        return
    if isinstance(step.expected, Raises):
        judge_error(step, outcome, code)
        return
    raised = "error" in outcome
    assert not raised, f"`{code}` raised `{outcome['error'][0]}: {outcome['message'][:120]}`. {step.why}"
    assert outcome["value"] == step.expected, f"`{code}` gave something else than it should. {step.why}"


def judge_error(step, outcome, code):
    """See that a step raised an error of the right kind, with a sentence."""
    raised, kind = "error" in outcome, step.expected.kind
    assert raised, f"`{code}` raised nothing, where `{kind}` is needed. {step.why}"
    kinds = outcome["error"]
    assert kind in kinds, f"`{code}` raised `{kinds[0]}`, which is no `{kind}`, so that nobody who expects the one catches the other. {step.why}"
    is_told = len(outcome["message"].split()) > 1 or kind not in ORDERS
    assert is_told, f"`{code}` raised `{kinds[0]}` without a sentence. Somebody has to read it and know what to do: say what is wrong"


def draw_names(random, count):
    """Draw different names."""
    return random.sample(NAMES, count)
