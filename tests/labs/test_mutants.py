"""What is mutated in each language, and what is left alone."""

import pytest

from milepost.labs import Solution
from milepost.labs.verification.mutants import choose_mutants, make_mutants


def mutants(name, source):
    stack = {"py": "python", "mjs": "node", "sql": "sql"}[name.partition(".")[2]]
    return make_mutants(Solution(stack, stack, {name: source.encode(), "notes.txt": b"1 < 2"}))


def changes(name, source):
    return {mutant.becomes for mutant in mutants(name, source)}


@pytest.mark.parametrize(
    ("source", "becomes"),
    [
        ("x = a < b", "x = a <= b"),
        ("x = a not in b", "x = a in b"),
        ("x = a and not b", "x = a or not b"),
        ("x = a and not b", "x = a and b"),
        ("x = a + 1", "x = a - 1"),
        ("x = a + 1", "x = a + 2"),
        ("x = f(True)", "x = f(False)"),
        ('x = f("latin-1")', 'x = f("")'),
        ("x = 1 if a else 2", "x = 1 if not (a) else 2"),
        ("x = [a for a in b if a]", "x = [a for a in b if not (a)]"),
        ("self.total += 1", "self.total -= 1"),
        ("self.total = 1", "pass"),
        ("store(x)", "pass"),
        ("raise Wrong", "pass"),
    ],
)
def test_python(source, becomes):
    assert becomes in changes("a.py", source)


@pytest.mark.parametrize(
    ("source", "becomes"),
    [
        ("const x = a < b;", "const x = a <= b;"),
        ("const x = a === b;", "const x = a !== b;"),
        ("const x = a ?? 1;", "const x = a && 1;"),
        ("const x = !a;", "const x = a;"),
        ("const x = a ? 1 : 2;", "const x = !(a) ? 1 : 2;"),
        ("if (a) b();", "if (!(a)) b();"),
        ("if (a) b();", "if (a) ;"),
        ("total += 1;", "total -= 1;"),
        ("seen.count = 1;", ";"),
        ('f("utf8");', 'f("");'),
        ("for (const a of b) { if (a) continue; }", "for (const a of b) { if (a) break; }"),
        ("function f() { return a; }", "function f() { return undefined; }"),
    ],
)
def test_javascript(source, becomes):
    assert becomes in changes("a.mjs", source)


@pytest.mark.parametrize(
    ("source", "becomes"),
    [
        ("SELECT a FROM t LEFT JOIN u ON t.i = u.i;", "SELECT a FROM t JOIN u ON t.i = u.i;"),
        ("SELECT a FROM t JOIN u ON t.i = u.i;", "SELECT a FROM t LEFT JOIN u ON t.i = u.i;"),
        ("SELECT a FROM t WHERE a <= :most;", "SELECT a FROM t WHERE a < :most;"),
        ("SELECT a FROM t WHERE a > 0 AND b = :'c';", "SELECT a FROM t WHERE a > 0;"),
        ("SELECT a FROM t WHERE a > 0 AND b = :'c';", "SELECT a FROM t WHERE b = :'c';"),
        ("SELECT a FROM t WHERE a > 0;", "SELECT a FROM t ;"),
        ("SELECT a FROM t WHERE a IN (1, 2);", "SELECT a FROM t WHERE a IN (1);"),
        ("SELECT a FROM t WHERE a IN (1, 2);", "SELECT a FROM t WHERE a NOT IN (1, 2);"),
        ("SELECT a FROM t WHERE a IS NOT NULL;", "SELECT a FROM t WHERE a IS NULL;"),
        ("SELECT sum(a) FROM t;", "SELECT max(a) FROM t;"),
        ("SELECT count(DISTINCT a) FROM t;", "SELECT count( a) FROM t;"),
        ("SELECT count(a) FROM t;", "SELECT count(*) FROM t;"),
        ("SELECT coalesce(a, 0) FROM t;", "SELECT a FROM t;"),
        ("SELECT a FROM t ORDER BY a, b DESC;", "SELECT a FROM t ORDER BY a DESC, b DESC;"),
        ("SELECT a FROM t ORDER BY a, b DESC;", "SELECT a FROM t ORDER BY a, b ASC;"),
        ("SELECT a FROM t ORDER BY a, b DESC;", "SELECT a FROM t ORDER BY a;"),
        ("SELECT a FROM t LIMIT 10;", "SELECT a FROM t ;"),
        ("SELECT a FROM t LIMIT 10;", "SELECT a FROM t LIMIT 11;"),
        ("SELECT a FROM t UNION SELECT b FROM u;", "SELECT a FROM t UNION ALL SELECT b FROM u;"),
        ("DELETE FROM t WHERE a = 1;", "SELECT;"),
    ],
)
def test_sql(source, becomes):
    assert becomes in changes("a.sql", source)


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("a.py", '"""A module about 12 things."""\nname = "two words"\nother = f(f"{name}")\n'),
        ("a.mjs", 'import f from "other";\nconst words = "two words";\nconst t = `text`;\n'),
        ("a.sql", "SELECT a FROM t JOIN_ u;\n-- 1 < 2\n"),
    ],
)
def test_prose_comments_and_names_of_modules_are_left_alone(name, source):
    assert changes(name, source) == set()


def test_variables_of_psql_are_never_touched():
    source = "SELECT a FROM t WHERE a = :'city' AND b = :year;"

    texts = [mutant.files["a.sql"].decode() for mutant in mutants("a.sql", source)]

    assert texts
    for text in texts:
        assert not any(each in text for each in ("''", "vyear", "_city")), text


def test_what_cannot_be_parsed_is_no_mutant():
    source = "def f():\n    while a:\n        break\n    return [b for b in c if b]"
    found = mutants("a.py", source)

    assert found
    for mutant in found:
        compile(mutant.files["a.py"], "a.py", "exec")


def test_no_two_mutants_are_the_same_and_each_has_its_line():
    found = mutants("a.py", "def f(a):\n    if a < 1:\n        return 2\n    return 3\n")

    assert len({mutant.files["a.py"] for mutant in found}) == len(found)
    assert {mutant.line for mutant in found} == {2, 3, 4}
    assert all(mutant.was != mutant.becomes for mutant in found)


def test_few_are_chosen_from_all_kinds_alike():
    source = "def f(a):\n" + "    store(1)\n" * 30 + "    if a < b:\n        return not a\n"
    found = mutants("a.py", source)

    chosen = choose_mutants(found, 12, seed=3)

    assert {mutant.kind for mutant in chosen} == {mutant.kind for mutant in found}
    assert chosen == choose_mutants(found, 12, seed=3)
    assert chosen != choose_mutants(found, 12, seed=4)
