"""Checks of logs that are empty, hostile or very long."""

from dataclasses import replace

from milepost.engine.checks import check
from milepost.engine.checks.learner_code import require_exit

from checks.support import assert_report, make_entry, report_of, summarise
from checks.support import make_entries, part

LONG_LOG_BYTES = 352 * 1024 * 1024  # more than a run may use; a pipe carries it in a second


@check(task="rough-weather", objectives=["language.conditionals", "language.error-handling"])
def test_empty_log_gives_zeros(program, random):
    """A log without requests gives a report of zeros"""
    require_exit(
        program.run("one.log", files={"one.log": make_entry(random).line + "\n"}),
        0,
        "on a log of one whole line",
        "This has nothing to do with empty logs: get the whole log right first, and then look at this check again",
    )
    junk = f"worker process {random.randint(100, 999)} exited on signal 11\n"
    quiet = (
        "A quiet night is no failure: the largest of nothing does not exist, so ask whether there is something before "
        "you ask for it"
    )
    noisy = "A malformed line is counted and is no reason to stop, also where no other line stands beside it"
    for log, text, malformed, why in [
        ("an empty log", "", 0, quiet),
        ("a log of empty lines", "\n \n\n", 0, quiet),
        ("a log whose only line is malformed", junk, 1, noisy),
    ]:
        run = program.run("quiet.log", files={"quiet.log": text})
        require_exit(run, 0, f"on {log}", why)
        report, expected = report_of(run), summarise([], malformed)
        assert_report(report, expected)
        assert report == expected, (
            "Your report holds more than was asked for. Without requests all counts are 0, "
            "`top_paths` is empty and `busiest_hour` is null, and that is all"
        )


@check(task="rough-weather", objectives=["language.error-handling"], hidden=True)
def test_hostile_lines_do_no_harm(program, random):
    """Bytes that are not UTF-8, escaped quotes and very long texts do no harm"""
    entries = make_entries(random, 12)
    entries[1] = replace(entries[1], agent=r"\"\" or \"1\"=\"1")
    entries[2] = replace(entries[2], agent="x" * 70_000)
    entries[3] = replace(entries[3], path="/" + "a" * 3_000)
    entries[4] = replace(entries[4], agent="Zażółć 灯 \\\\")
    entries[5] = replace(entries[5], referrer="%22><script>alert(1)</script>")
    lines = [entry.line.encode() for entry in entries]
    agent = entries[6].agent.encode()
    lines[6] = lines[6].replace(agent + b'"', agent + b' \xff\xfe\xc3"')
    junk = [
        rb'203.0.113.9 - - [x] "\x16\x03\x01" 400 0 "-" "-"',
        b"\xff\xfe\xfd",
        b'"' * 500,
        b"\0" * 64,
    ]
    lines[4:4] = junk
    log = b"\r\n".join(lines) + b"\r\n"
    expected = summarise(entries, len(junk))
    assert_unharmed(program.run("access.log", files={"access.log": log}), expected)
    assert_unharmed(program.run("-", stdin=log), expected)


def assert_unharmed(run, expected):
    """See that strange lines changed nothing but what they say themselves."""
    require_exit(
        run,
        0,
        "on a log with strange lines",
        "A log is written by strangers, so nothing in it may end the report, not even bytes that are not UTF-8",
    )
    report = report_of(run)
    assert part(report, "requests") == expected["requests"], (
        "Your `requests` is not the number of lines that are whole. Escaped quotes and "
        "backslashes, a very long path or agent, and odd bytes in an agent don't make a line "
        "malformed: it was a request all the same"
    )
    assert part(report, "malformed") == expected["malformed"], (
        "Your `malformed` is not the number of lines that are no request. However odd they look, "
        "count each once and go on"
    )
    assert part(report, "bytes") == expected["bytes"], (
        "Your `bytes` is not the sum of all sizes. A strange text in a line changes nothing about "
        "its size, nor about any other line's"
    )


@check(task="rough-weather", objectives=["language.loops"], hidden=True)
def test_long_log_is_streamed(program, random):
    """A log larger than the memory is reported too"""
    entries = make_entries(random, 5)
    junk = "upstream timed out, client gone, " * random.randint(2_000, 2_100)  # beyond 64 KiB, where some readers of lines stop
    block = "".join(entry.line + "\n" for entry in entries) + junk + "\n"
    times = LONG_LOG_BYTES // len(block)
    run = program.run("-", stdin=block.encode() * times)
    require_exit(
        run,
        0,
        "on a log that is larger than the memory it may use",
        "Take one line, count it and forget it, then a log of any length fits",
    )
    report = report_of(run)
    assert part(report, "requests") == times * len(entries), (
        "Your `requests` is not the number of requests in a long log. Read it line by line to its "
        "end, also when one line is very long"
    )
    assert part(report, "malformed") == times, (
        "Your `malformed` is not the number of damaged lines in a long log. A very long line that "
        "is no request is one malformed line, and the next one counts again"
    )
