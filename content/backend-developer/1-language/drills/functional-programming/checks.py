"""Checks of the summary: small scripts that hand a list and functions to the learner's function.

Queries and borders are drawn from the seed of the run.
"""

import json

from milepost.engine.checks import check

TABLES = ["orders", "users", "carts", "prices"]

PYTHON = """import json

from summary import summarize

queries = {queries}
found = [summarize(queries, counts) for counts in [{functions}]]
print(json.dumps([found, queries], default=str))
"""

NODE = """import {{ summarize }} from "./summary.mjs";

const queries = {queries};
const found = [{functions}].map((counts) => summarize(queries, counts));
console.log(JSON.stringify([found, queries]));
"""


def draw_queries(random, count):
    """Draw queries: no two alike, and neither the quickest nor the slowest first."""
    times = sorted(random.sample(range(20, 900), count))
    times = [times[1], times[-1], *random.sample([times[0], *times[2:-1]], count - 2)]
    ids = random.sample(range(100, 1000), count)
    return [{"id": number, "table": random.choice(TABLES), "ms": ms} for number, ms in zip(ids, times, strict=True)]


def expect(queries):
    """Say what is found where exactly these queries count."""
    slowest_first = sorted(queries, key=lambda query: query["ms"], reverse=True)
    times = [query["ms"] for query in slowest_first]
    return {"total": sum(times), "longest": times[0] if times else 0, "ids": [query["id"] for query in slowest_first]}


def summarize(program, solution, queries, **functions):
    """Run a script that calls the learner's function with each function; return what it found, and the list afterwards."""
    file, script = ("visitor.mjs", NODE) if solution.language == "node" else ("visitor.py", PYTHON)
    text = script.format(queries=json.dumps(queries), functions=functions[solution.language])
    run = program.run(file, files={file: text})
    last = run.stderr.strip().splitlines()
    errors = [line for line in last if "Error" in line]
    assert run.exit_code == 0, (
        f"`summarize` raised an error: {errors[-1][:200] if errors else 'see standard error'}. Ask what each step does with the list it gets here, "
        "and with an empty one"
    )
    seen = run.json()
    fits = isinstance(seen, list) and len(seen) == 2
    assert fits, "The script printed something else than what `summarize` returned. Return the record, and print nothing"
    return seen


@check(task="the-slowest-queries", objectives=["language.functional-programming"])
def test_queries_that_count(program, solution, random):
    """The queries that count are summed up, and the function decides which"""
    queries, border = draw_queries(random, random.randint(6, 9)), random.randint(200, 500)
    queries += [{"id": 7, "table": "orders", "ms": border + 900}, {"id": 8, "table": "users", "ms": border + 901}]

    found, _ = summarize(
        program,
        solution,
        queries,
        python=f'lambda query: query["ms"] > {border}, lambda query: query["table"] == "orders"',
        node=f'(query) => query.ms > {border}, (query) => query.table === "orders"',
    )
    by_time = [query for query in queries if query["ms"] > border]
    by_table = [query for query in queries if query["table"] == "orders"]

    assert found == [expect(by_time), expect(by_table)], (
        f"The first function counts what took more than {border} ms, the second what asked for orders. Filter with `counts` once, keep what stays as "
        "a list, and build each of the three from that"
    )


@check(task="the-slowest-queries", objectives=["language.functional-programming"])
def test_the_list_stays_as_it_was(program, solution, random):
    """The list of queries stays in its order"""
    queries = draw_queries(random, random.randint(6, 9))

    _, afterwards = summarize(program, solution, queries, python="lambda query: True", node="() => true")

    assert afterwards == queries, (
        "After the call, the caller's list is another than before, and the caller may need it in the order in which the queries ran. "
        "What you sort or change must be a list of your own: `sorted` and `toSorted` build one"
    )


@check(task="the-slowest-queries", objectives=["language.functional-programming"])
def test_nothing_counts(program, solution, random):
    """Where nothing counts, all is 0 and empty"""
    queries = draw_queries(random, random.randint(4, 9))

    found, _ = summarize(program, solution, queries, python="lambda query: False", node="() => false")
    assert found == [expect([])], "None of the queries counts. A fold has a start value, which is its answer where nothing is left"
    found, _ = summarize(program, solution, [], python="lambda query: True", node="() => true")
    assert found == [expect([])], "There was no query at all, on the quietest of days: the answer is 0 and an empty list"


@check(task="the-slowest-queries", objectives=["language.functional-programming"])
def test_the_function_is_called_with_a_query_alone(program, solution, random):
    """The function gets one query and nothing else"""
    queries = draw_queries(random, random.randint(6, 9))
    border = sorted(query["ms"] for query in queries)[2]  # three queries don't count, and each took longer than there are queries
    slow = [query for query in queries if query["ms"] > border]

    found, _ = summarize(
        program,
        solution,
        queries,
        python=f'lambda query, border={border}: query["ms"] > border',
        node=f"(query, border = {border}) => query.ms > border",
    )

    assert found == [expect(slow)], (
        f"This function may be given a border as a second argument, and takes {border} if it is not. You were to call it with the query alone: see what "
        "the step that calls it for you passes along"
    )
