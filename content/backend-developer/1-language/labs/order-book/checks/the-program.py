"""Checks of the program: what it reads, what it prints, and how it ends."""

import re

from milepost.engine.checks import check
from milepost.engine.checks.learner_code import quote_error, require_exit

from checks.support import NAMES, draw_names


def run_program(program, solution, lines, name="morning.txt"):
    """Run the learner's program on a file with these lines."""
    main = {"node": "main.mjs"}.get(solution.language, "main.py")
    return program.run(main, name, files={name: "\n".join(lines) + "\n"})


def assert_printed(run, expected, why):
    """Compare what the program printed, line by line, and quote the error that ended it, if one did."""
    printed, broke = [line.rstrip() for line in run.stdout.splitlines() if line.strip()], quote_error(run)
    broken = f" It broke off with{broke[1:]}." if broke else ""
    assert printed == expected, f"Your program printed other trades than were made, or something else beside them.{broken} {why}"


@check(task="the-program", objectives=["language.program-structure"])
def test_the_program_prints_the_trades(program, solution, random):
    """The program prints the trades of the file that it is given"""
    buyer, seller, whole, hasty = draw_names(random, 4)
    price, quantity = random.randint(200, 300), random.randint(4, 9)
    run = run_program(
        program,
        solution,
        [
            f"limit {buyer} buy {quantity + 2} {price}",
            "",
            f"whole {whole} sell {quantity + 3} {price - 30}",
            f"limit {seller} sell {quantity} {price - 10}",
            f"cancel {buyer}",
            f"market {hasty} sell 1",
            f"limit {buyer} buy 3 {price + 5}",
            f"market {hasty} sell 2",
        ],
    )
    assert_printed(
        run,
        [f"{seller} -> {buyer}: {quantity} at {price}", f"{hasty} -> {buyer}: 2 at {price + 5}"],
        "It reads the file that its first argument names, places one order after the other, and prints a line for each trade: seller, buyer, quantity, price",
    )
    require_exit(run, 0, "on a file whose every line was carried out", "Scripts go by that number alone; it is 0 when all went well")


@check(task="the-program", objectives=["language.error-handling"])
def test_a_bad_line_is_told_and_passed_over(program, solution, random):
    """A line that can't be carried out is told with its number, and the next one is read"""
    buyer, seller, wrong = draw_names(random, 3)
    price, quantity = random.randint(200, 300), random.randint(4, 9)
    bad = [
        f"limit {wrong} buy -3 {price}",
        f"limit {wrong} hold 3 {price}",
        f"limit {wrong} buy three {price}",
        f"limit {wrong} buy 3",
        f"market {wrong} buy 3 {price}",
        f"borrow {wrong} buy 3 {price}",
        f"cancel {wrong}",
        f"market {wrong} buy 2.5",
    ]
    random.shuffle(bad)
    lines = [f"limit {buyer} buy {quantity} {price}", "", *bad, f"limit {seller} sell {quantity} {price}"]
    run = run_program(program, solution, lines)
    assert_printed(
        run,
        [f"{seller} -> {buyer}: {quantity} at {price}"],
        "A bad line is no reason to stop, nor to print anything on standard output: the trade after it still takes place",
    )
    told = [int(number) for number in re.findall(r"^line (\d{1,6}): ", run.stderr, re.MULTILINE)]
    assert told == list(range(3, 3 + len(bad))), (
        "Your program did not tell each bad line on standard error as `line 3: …`, once and in order. Who wrote the file looks the line up by that "
        "number, so empty lines count as well"
    )
    require_exit(
        run,
        1,
        "on a file with lines that could not be carried out",
        "It is not 0, since not all went well, and nothing else than 1, since the program itself did its work",
    )


@check(task="the-program", objectives=["language.program-structure"])
def test_importing_a_part_runs_nothing(program, solution, random):
    """Who imports a module gets what is in it, and nothing runs"""
    word = random.choice(NAMES)
    for module in ("orders", "book", "main"):
        if solution.language == "node":
            file, text = "visitor.mjs", f'await import("./{module}.mjs");\nconsole.log("{word} looks around");\n'
        else:
            file, text = "visitor.py", f'import {module}\n\nprint("{word} looks around")\n'
        run = program.run(file, "morning.txt", files={file: text, "morning.txt": "cancel nobody\n"})
        assert (run.stdout.strip(), run.stderr.strip(), run.exit_code) == (f"{word} looks around", "", 0), (
            f"A script that only imports your `{module}` printed more than its own line, or ended otherwise. Code at the top of a file runs whenever somebody "
            "imports it: put it into functions, and start the program only where the file itself was started"
        )


@check(task="the-program", objectives=["language.error-handling"])
def test_no_file_no_trades(program, solution, random):
    """Without a file that can be read, it says so and exits with 2"""
    main, missing = {"node": "main.mjs"}.get(solution.language, "main.py"), f"{random.choice(NAMES)}.txt"
    beside = {"orders.txt": "limit ida buy 10 250\nlimit orchard sell 4 240\n"}  # a file of that name is no file that was asked for
    for arguments, what in (([missing], "a file that is not there"), ([], "no file at all")):
        run = program.run(main, *arguments, files=beside)
        assert (run.exit_code, run.stdout.strip()) == (2, ""), (
            f"Your program was given {what}, and ended with exit code {run.exit_code}{quote_error(run)}. It exits with 2 and prints nothing on standard output, so that "
            "nobody takes a missing file for a morning without trades"
        )
        sentence = run.stderr.strip()
        assert len(sentence.split()) > 2, f"Your program was given {what}, and said nothing. Say on standard error what is missing"
        is_raw = "Traceback (most recent call last)" in sentence or re.search(r"^\s+at .+:\d+:\d+", sentence, re.MULTILINE) is not None
        assert not is_raw, f"Your program was given {what}, and broke down. That is a case to expect: catch that error, and say in a sentence what is missing"
