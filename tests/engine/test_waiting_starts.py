"""A Node.js that was started ahead and waited is like any other: compared with real starts."""

import re
import textwrap
from dataclasses import asdict, replace

import pytest

from milepost.engine import Entry, Limits, Verdict
from milepost.engine.stacks import load_stack

pytestmark = pytest.mark.needs_isolated_tier

PATIENT = Limits(wall_seconds=300, run_seconds=30)
STDIN = b"Ada\r\nb\xe9\rc\nlast"
# Whether it waited: what it was started with is still in /proc, and nowhere else.
WHO_STARTS = """
    import { readFileSync } from "node:fs";
    console.log(readFileSync("/proc/self/environ", "utf8").includes("MILEPOST_WAITS_AT"));
"""
MODULES = {  # each is run as NAME.mjs
    "nothing": "",
    "arguments": """
        console.log(process.argv, process.execArgv, process.argv0, process.execPath);
        console.log(process.title, process.ppid);
    """,
    "environment": "console.log(process.env, Object.keys(process.env));",
    "place": """
        console.log(process.cwd(), import.meta.url, import.meta.filename, import.meta.dirname);
        console.log(import.meta.resolve("./other.mjs"), process.umask(), process.getuid());
    """,
    "globals": """
        console.log(Object.getOwnPropertyNames(globalThis).sort().join());
        console.log(process.features, process.config.variables.napi_build_version);
    """,
    "streams": """
        for (const stream of [process.stdin, process.stdout, process.stderr]) {
          console.log(stream.fd, stream.isTTY, stream.constructor.name);
        }
    """,
    "stdin_text": """
        let text = "";
        for await (const part of process.stdin.setEncoding("utf8")) text += part;
        console.log(JSON.stringify(text));
    """,
    "stdin_at_once": """
        import { readFileSync } from "node:fs";
        console.log(readFileSync(0));
    """,
    "stdin_lines": """
        import { createInterface } from "node:readline/promises";
        for await (const line of createInterface({ input: process.stdin })) console.log([line]);
    """,
    "much": "console.log('x'.repeat(300000));",
    "raises": "function f() { throw new TypeError('no: é'); }\nf();",
    "raises_cause": "throw new Error('outer', { cause: new RangeError('inner') });",
    "raises_text": "throw 'a text';",
    "raises_null": "throw null;",
    "rejects": "await Promise.reject(new Error('late'));",
    "rejects_unheard": "Promise.reject(new Error('unheard'));\nsetTimeout(console.log, 50);",
    "rejects_number": "Promise.reject(5);",
    "never_settles": "await new Promise(() => {});",
    "syntax_error": "console.log(1);\nif (true { }",
    "import_missing": "import './nowhere.mjs';",
    "import_unknown": "import 'nobody-has-this';",
    "import_name_missing": "import { nothing } from 'node:fs';",
    "exit_number": "process.exit(7);",
    "exit_code": "process.exitCode = 9; console.log('on');",
    "exit_events": """
        for (const name of ["beforeExit", "exit"]) {
          process.on(name, (code) => console.log(name, code));
        }
    """,
    "uncaught": """
        process.on("uncaughtException", (error, origin) => console.log(error.message, origin));
        setTimeout(() => { throw new Error("caught after all"); }, 1);
    """,
    "unhandled": """
        process.on("unhandledRejection", (reason) => console.log("heard", reason));
        Promise.reject(3);
    """,
    "warns": "process.emitWarning('careful', { code: 'MINE' });",
    "deprecated": "import url from 'node:url';\nurl.parse('http://[::1');\nnew Buffer(3);",
    "terminated": "process.kill(process.pid, 'SIGTERM'); setTimeout(() => {}, 1000);",
    "terminated_heard": """
        process.on("SIGTERM", () => { console.log("heard"); clearInterval(stays); });
        const stays = setInterval(() => {}, 1000);
        process.kill(process.pid, "SIGTERM");
    """,
    "listeners": """
        console.log(process.eventNames().map(String).sort());
        console.log(process.getActiveResourcesInfo(), process._getActiveHandles().length);
    """,
    "order": """
        setTimeout(() => console.log("timeout"));
        setImmediate(() => console.log("immediate"));
        process.nextTick(() => console.log("tick"));
        Promise.resolve().then(() => console.log("then"));
        console.log("now");
    """,
    "descriptors": """
        import { readdirSync } from "node:fs";
        console.log(readdirSync("/proc/self/fd").length);
    """,
    "opens": """
        import { openSync } from "node:fs";
        console.log(openSync("main.mjs") > 2);
    """,
    "reopens": """
        import { readFileSync, writeFileSync } from "node:fs";
        writeFileSync("/dev/stdout", readFileSync("/dev/stdin"));
    """,
    "writes_files": """
        import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
        mkdirSync("made/deep", { recursive: true });
        writeFileSync("made/deep/é.txt", "x");
        console.log(readFileSync("made/deep/é.txt"), statSync("made").mode.toString(8));
    """,
    "worker": """
        import { Worker, isMainThread, workerData } from "node:worker_threads";
        if (isMainThread) new Worker(new URL(import.meta.url), { workerData: 5, argv: ["w"] });
        else console.log(workerData, process.argv.slice(2), process.execArgv, process.env);
    """,
    "forks": """
        import { fork } from "node:child_process";
        if (process.send) process.send([process.argv.slice(2), process.execArgv, process.env.HOME]);
        else fork(process.argv[1], ["child"]).on("message", (said) => console.log(said));
    """,
    "starts_itself": """
        import { spawnSync } from "node:child_process";
        const { stdout } = spawnSync(process.execPath, ["-p", "process.env.NODE_OPTIONS"]);
        console.log(String(stdout));
    """,
    "requires": """
        import { createRequire } from "node:module";
        const require = createRequire(import.meta.url);
        console.log(Object.keys(require("./given.cjs")), require.main);
    """,
    "serves": """
        import http from "node:http";
        const server = http.createServer((_, response) => response.end("hello"));
        server.listen(0, "127.0.0.1", async () => {
          const answer = await fetch(`http://127.0.0.1:${server.address().port}/`);
          console.log(answer.status, await answer.text());
          process.exit();
        });
    """,
    "zone": "console.log(new Date(0).toString(), Intl.DateTimeFormat().resolvedOptions());",
    "recursion": "function f() { f(); }\nf();",
    "memory": "console.log(Object.keys(process.memoryUsage()));",
    "aborts": "process.abort();",
}
SCRIPTS = {  # each is run as NAME.cjs
    "main": """
        console.log(require.main === module, module.id, module.filename, module.loaded);
        console.log(module.parent, module.children, module.paths, __filename, __dirname);
    """,
    "raises": "function f() { throw new Error('no'); }\nf();",
    "raises_text": "throw 5;",
    "syntax_error": "console.log(1);\nif (true { }",
    "require_missing": "require('./nowhere');",
    "require_later": "console.log(require('./given.cjs'), module.children.length);",
    "this": "console.log(this === module.exports, typeof exports, arguments.length);",
    "strict": "undeclared = 1; console.log(undeclared);",
    "imports": "import('./other.mjs').then((module) => console.log(Object.keys(module)));",
}
EXPRESS = {
    "loads.mjs": "import express from 'express';\nconsole.log(Object.keys(express), express.name);",
    "loads.cjs": """
        const express = require("express");
        console.log(Object.keys(express), require("http").METHODS.length);
        console.log(module.children.length);
    """,
    "own.mjs": """
        import mine from "mine";
        import express from "express";
        console.log(mine, express);
    """,
    "patches.cjs": """
        const http = require("node:http");
        http.createServer = () => ({ listen: () => console.log("mine") });
        require("express")().listen(1);
    """,
    "prefers.mjs": "import send from 'send';\nconsole.log(send);",
}
GIVEN = {
    "given.cjs": "exports.given = 1;",
    "other.mjs": "export const other = 2;",
    "node_modules/mine/index.js": "module.exports = 'mine';",
    "node_modules/mine/package.json": '{"name": "mine"}',
    "node_modules/send/index.js": "module.exports = 'my own send';",
    "node_modules/send/package.json": '{"name": "send"}',
    "main.mjs": "",
}


def write_checks(names):
    """Write pairs of checks: the second of each finds that the first had its program started."""
    return "".join(
        f"""
        @check(task="t", objectives=["o"])
        def test_{number}(program):
            program.run({name!r}, "a", "-b", stdin={STDIN!r})
        """
        for number, name in enumerate(name for name in names for _ in "12")
    )


@pytest.fixture
def compare(grade, monkeypatch):
    """Run programs that waited and such that did not, and return those that differ."""

    async def run(files, stack="node"):
        names = [*files, "who_starts.mjs"]
        found = []
        for may_wait in (True, False):
            with monkeypatch.context() as patch:
                if not may_wait:
                    patch.setattr("milepost.engine.grading.engine.load_stack", load_impatient)
                graded = await grade(
                    write_checks(names),
                    {**GIVEN, **files, "who_starts.mjs": WHO_STARTS},
                    stack=stack,
                    entry=Entry(program=("node",)),
                    limits=PATIENT,
                )
            assert graded.report.verdict is Verdict.PASSED, graded.report.checks
            answers = [check.evidence[0].response for check in graded.report.checks]
            found.append([read(asdict(each)) for each in answers])
        waited, real = found
        assert [each[-1]["stdout"] for each in found] == ["true\n", "false\n"], "nothing compared"
        return {
            name: (waited[2 * number + 1], real[2 * number + 1])
            for number, name in enumerate(files)
            if waited[2 * number + 1] != real[2 * number + 1]
        }

    return run


def read(response):
    """Read how a program ended, without its number, which every warning tells."""
    return {**response, "stderr": re.sub(r"\(node:\d+\)", "(node)", response["stderr"])}


def load_impatient(name, stacks_dir):
    return replace(load_stack(name, stacks_dir), starts_ahead=False)


def describe(differing):
    """Show the first stream that differs of each."""
    return "\n".join(
        f"{name}: {key}\n  waited: {one[key]!r}\n  real:   {other[key]!r}"
        for name, (one, other) in differing.items()
        for key in one
        if one[key] != other[key]
    )


async def test_module_that_waited_does_what_a_real_start_of_it_does(compare):
    files = {f"p_{name}.mjs": textwrap.dedent(code) for name, code in MODULES.items()}

    differing = await compare(files)

    assert not differing, describe(differing)


async def test_script_that_waited_does_what_a_real_start_of_it_does(compare):
    files = {f"p_{name}.cjs": textwrap.dedent(code) for name, code in SCRIPTS.items()}

    differing = await compare(files)

    assert not differing, describe(differing)


async def test_library_that_was_loaded_ahead_is_the_one_that_a_program_finds(compare):
    differing = await compare(
        {name: textwrap.dedent(code) for name, code in EXPRESS.items()}, "express"
    )

    assert not differing, describe(differing)


@pytest.mark.parametrize(
    ("code", "waits"),
    [("", "true"), ("process.env.DEBUG = 'x';", "false"), ("process.uptime();", "false")],
)
async def test_program_that_could_tell_the_difference_is_started_when_it_is_wanted(
    grade, code, waits
):
    graded = await grade(
        write_checks(["main.mjs"]),
        {"main.mjs": f"{textwrap.dedent(WHO_STARTS)}\n{code}"},
        stack="node",
        entry=Entry(program=("node",)),
        limits=PATIENT,
    )

    assert graded.report.checks[1].evidence[0].response.stdout == f"{waits}\n"


WITH_DATABASE = """
    import express from "express";
    import { readFileSync } from "node:fs";

    const app = express();
    app.get("/waited", (request, response) => {
      const began = readFileSync("/proc/self/environ", "utf8");
      response.json({ waited: began.includes("MILEPOST_WAITS_AT") });
    });
    app.listen(8000, "127.0.0.1");
"""
WITH_DATABASE_CHECK = """
    @check(task="t", objectives=["o"])
    def test_{number}(service, postgres):
        assert service.get("/waited").json() == {{"waited": {waited}}}
"""


async def test_service_with_a_database_is_started_ahead_in_all_checks_but_the_first(grade):
    checks = [WITH_DATABASE_CHECK.format(number=n, waited=n > 0) for n in range(3)]

    graded = await grade(
        "".join(checks),
        WITH_DATABASE,
        stack="express",
        services=("postgres",),
        data={"schema.sql": "CREATE TABLE seen (id integer)"},
        limits=PATIENT,
    )

    assert graded.report.verdict is Verdict.PASSED, graded.report.checks
