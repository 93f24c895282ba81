"""A forked Python is the Python one knows: small programs, forked and really started, compared."""

import textwrap
from dataclasses import asdict, replace

import pytest

from milepost.engine import Entry, Limits, Verdict
from milepost.engine.stacks import load_stack

PATIENT = Limits(wall_seconds=120, run_seconds=10)
SHOWN_FILES = "for folder in sorted(os.walk('.')): print(folder)"
WHO_STARTS = "print(b'agent.launcher' in open('/proc/self/cmdline', 'rb').read())"
# Each is run with the input below, as a file and as a module.
PROGRAMS = {
    "nothing": "",
    "main_module": """
        print(sorted(globals()), __builtins__, type(__loader__), __loader__.path, __cached__)
        print(__spec__ is None, __file__, __loader__.name)
        print(__name__, __package__, __annotations__, list(globals())[:9])
    """,
    "doc": '"""My words."""\nprint(__doc__)',
    "arguments": "import sys\nprint(sys.argv, sys.orig_argv, sys.executable)",
    "path": "import sys\nprint(sys.path, sys.prefix, sys.base_prefix)",
    "flags": """
        import subprocess, sys
        print(sys.flags, sys.warnoptions, sys._xoptions, sys.dont_write_bytecode)
        print(subprocess._args_from_interpreter_flags())
    """,
    "streams": """
        import sys
        for each in (sys.stdin, sys.stdout, sys.stderr, sys.__stdin__, sys.__stdout__):
            print(each.name, each.mode, each.encoding, each.errors, each.newlines, each.buffer)
            print(each.line_buffering, each.write_through, each.buffer.raw, each.buffer.name)
        print(sys.stdin is sys.__stdin__, sys.stdout is sys.__stdout__)
    """,
    "stdin_text": "import sys\nprint([line for line in sys.stdin])",
    "stdin_input": "print([input(), input(), input()])\ninput()",
    "stdin_bytes": "import sys\nprint(sys.stdin.buffer.read())",
    "surrogates": "import sys\nsys.stdout.write(sys.stdin.read())",
    "stdout_surrogate": "print('\\udce9')",
    "stderr_surrogate": "import sys\nprint('\\udce9', file=sys.stderr)\nprint('\\ud800')",
    "raises": "def f(n):\n    return 1 / n\nf(0)",
    "raises_in_turn": "try:\n    {}['a']\nexcept KeyError as e:\n    raise ValueError('é') from e",
    "raises_group": "raise ExceptionGroup('g', [ValueError(1), TypeError('x')])",
    "syntax_error": "print(1)\nif True print(2)",
    "indentation_error": "if True:\nprint(2)",
    "coding_error": "# -*- coding: nonsense -*-\nprint(1)",
    "null_byte": "print(1)\n\0",
    "coding": "# -*- coding: latin-1 -*-\nprint('ok', len('é'))",
    "exit_number": "import sys\nsys.exit(7)",
    "exit_words": "import sys\nsys.exit('no more')",
    "exit_none": "raise SystemExit",
    "exit_large": "raise SystemExit(300)",
    "exit_builtin": "print(exit, quit)\nexit(3)",
    "excepthook": """
        import sys
        sys.excepthook = lambda kind, error, trace: print("hook", kind, error, trace.tb_lineno)
        1 / 0
    """,
    "excepthook_raises": """
        import sys
        def hook(*_): raise KeyError("in the hook")
        sys.excepthook = hook
        1 / 0
    """,
    "excepthook_exits": """
        import sys
        sys.excepthook = lambda *_: sys.exit(9)
        1 / 0
    """,
    "interrupt": "raise KeyboardInterrupt",
    "interrupt_handled": """
        import os, signal
        try:
            os.kill(os.getpid(), signal.SIGINT)
            for _ in range(10 ** 6): pass
        except KeyboardInterrupt:
            print("interrupted")
        print(signal.getsignal(signal.SIGINT))
    """,
    "terminated": "import os, signal\nprint('a', flush=True)\nos.kill(os.getpid(), signal.SIGTERM)",
    "signals": """
        import signal
        for number in sorted(signal.valid_signals()):
            print(number, signal.getsignal(number))
        print(signal.pthread_sigmask(signal.SIG_BLOCK, []), signal.set_wakeup_fd(-1))
    """,
    "broken_pipe": """
        import os
        mine, its = os.pipe()
        os.close(mine)
        try:
            os.write(its, b"x")
        except BrokenPipeError as error:
            print(error)
    """,
    "atexit": """
        import atexit, threading, time
        atexit.register(print, "at exit")
        threading.Thread(target=lambda: (time.sleep(0.05), print("thread"))).start()
        print("main")
    """,
    "thread_raises": "import threading\nthreading.Thread(target=lambda: 1 / 0, name='t').start()",
    "threads": """
        import threading
        print(threading.main_thread().name, threading.current_thread() is threading.main_thread())
        print(threading.active_count(), threading.get_native_id() == __import__("os").getpid())
    """,
    "recursion": """
        import sys
        deepest = 0
        def dig(n):
            global deepest
            deepest = n
            dig(n + 1)
        try:
            dig(1)
        except RecursionError as error:
            print(deepest, error)
    """,
    "recursion_error": "def f(): f()\nf()",
    "deletes": """
        class Kept:
            def __del__(self): print("deleted")
        kept = Kept()
        print("end")
    """,
    "session": """
        import os
        print(os.getsid(0) == os.getpid(), os.getpgid(0) == os.getpid(), os.getcwd(), os.umask(0))
    """,
    "descriptors": "import os\nprint(sorted(os.listdir('/proc/self/fd')))",
    "environment": "import os\nprint(dict(os.environ), list(os.environ))",
    "locale": """
        import codecs, locale, os, sys
        print(locale.setlocale(locale.LC_ALL), locale.getpreferredencoding())
        print(sys.getfilesystemencoding(), sys.getdefaultencoding(), locale.getlocale())
        print(os.fsencode("\\udce9"))
        print(os.fsencode("\\udce9"))
    """,
    "hashes": "print(hash('a'), {'a', 'b', 'c', 'd'})",
    "warns": """
        import warnings
        warnings.warn("careful")
        warnings.warn("old", DeprecationWarning)
        print(warnings.filters)
    """,
    "warns_far": "import warnings\ndef f(): warnings.warn('careful', stacklevel=2)\nf()",
    "pickles": "import pickle\nclass A: pass\nprint(pickle.dumps(A()))",
    "starts_itself": """
        import subprocess, sys
        print(subprocess.run([sys.executable, "-c", "print(5)"], capture_output=True))
    """,
    "spawns": """
        import multiprocessing
        def work(n): print(n, flush=True)
        if __name__ == "__main__":
            process = multiprocessing.get_context("spawn").Process(target=work, args=(3,))
            process.start()
            process.join()
            print(process.exitcode)
    """,
    "loops": """
        import asyncio, warnings
        warnings.simplefilter("ignore")
        print(type(asyncio.get_event_loop()))
    """,
    "writes_files": """
        import os, pathlib
        os.makedirs("made/deep")
        pathlib.Path("made/deep/é.txt").write_text("x\\r\\ny\\n")
        print(pathlib.Path("made/deep/é.txt").read_bytes(), oct(os.stat("made").st_mode))
    """,
    "reopens": "print(open('/dev/stdin').read())\nprint('x', file=open('/dev/stdout', 'w'))",
    "full": "import sys\nsys.stdout = open('/dev/full', 'w')\nprint('lost')",
    "closed": "import sys\nsys.stdout.close()",
    "inspects": "import inspect\ndef f(): return 1\nprint(inspect.getsource(f))",
    "ends_hard": "import os\nprint('lost')\nos._exit(5)",
    "aborts": "import os\nos.abort()",
}
# What is there in a fork only because something else was imported ahead.
BARE = {
    "parse": "import urllib\nprint(urllib.parse.quote('a b'))",
    "util": "import importlib\nprint(importlib.util)",
    "handlers": "import logging\nprint(logging.handlers)",
}
OWN_NAMES = ("types", "json", "resource", "socket", "selectors", "ctypes", "queue", "uuid")
STDIN = b"Ada\r\nb\xe9\rc\x1a\nlast"


def write_checks(runs):
    checks = [
        f"""
        @check(task="t", objectives=["o"])
        def test_{number}(program):
            program.run(*{arguments!r}, stdin={STDIN!r})
            program.run("shows_files.py")
        """
        for number, arguments in enumerate(runs)
    ]
    return "".join(checks)


@pytest.fixture
def compare(grade, monkeypatch):
    """Run programs in forks and for real, and return those that differ."""

    async def run(files, runs, stack="python", *, is_forked=True):
        found = []
        for may_fork in (True, False):
            with monkeypatch.context() as patch:
                if not may_fork:
                    patch.setattr("milepost.engine.grading.engine.load_stack", load_unforked)
                graded = await grade(
                    write_checks([*runs, ("who_starts.py",)]),
                    {
                        **files,
                        "shows_files.py": f"import os\n{SHOWN_FILES}\n",
                        "who_starts.py": WHO_STARTS,
                    },
                    stack=stack,
                    entry=Entry(program=("python",)),
                    limits=PATIENT,
                )
            assert graded.report.verdict is Verdict.PASSED, graded.report.checks
            found.append(
                [
                    [asdict(each.response) for each in check.evidence]
                    for check in graded.report.checks
                ]
            )
        forked, real = found
        starters = [outcomes.pop()[0]["stdout"] for outcomes in (forked, real)]
        assert starters == [f"{is_forked}\n", "False\n"], "else nothing is compared"
        return {
            " ".join(arguments): (one, other)
            for arguments, one, other in zip(runs, forked, real, strict=True)
            if one != other
        }

    return run


def load_unforked(name, stacks_dir):
    return replace(load_stack(name, stacks_dir), preload=())


def describe(differing):
    """Show the first stream that differs of each."""
    return "\n".join(
        f"{name}: {key}\n  forked: {one[key]!r}\n  real:   {other[key]!r}"
        for name, (ones, others) in differing.items()
        for one, other in zip(ones, others, strict=True)
        for key in one
        if one[key] != other[key]
    )


@pytest.mark.needs_isolated_tier
@pytest.mark.parametrize("as_module", [False, True], ids=["file", "module"])
async def test_forked_program_does_what_a_real_start_of_it_does(compare, as_module):
    files = {f"p_{name}.py": textwrap.dedent(code) for name, code in PROGRAMS.items()}
    runs = [
        ("-m", f"p_{name}", "a", "-b") if as_module else (f"p_{name}.py", "a", "-b")
        for name in PROGRAMS
        # An error in a hook shows the frame of ours that calls the hook of a module.
        if not (as_module and name == "excepthook_raises")
    ]

    differing = await compare(files, runs)

    assert not differing, describe(differing)


@pytest.mark.needs_isolated_tier
async def test_own_modules_come_before_those_that_were_imported_ahead(compare):
    files = {f"{name}.py": "WHOSE = 'mine'\n" for name in OWN_NAMES}
    for name in OWN_NAMES:
        files[f"uses_{name}/{name}.py"] = "WHOSE = 'mine'\n"
        show = f"import {name}\nprint({name}.__name__, getattr({name}, 'WHOSE', 'not mine'))\n"
        files[f"uses_{name}/main.py"] = show
        files[f"by_path_{name}.py"] = f"import sys\nsys.path.insert(0, 'uses_{name}')\n{show}"
    runs = [
        (f"{kind}_{name}{end}",)
        for name in OWN_NAMES
        for kind, end in (("uses", "/main.py"), ("by_path", ".py"))
    ]

    differing = await compare(files, runs, is_forked=False)

    assert not differing, describe(differing)


@pytest.mark.needs_isolated_tier
async def test_what_cannot_be_a_file_of_a_program_fails_as_ever(compare):
    files = {"main.py": "print(1)", "folder/__main__.py": "print(2)", "words.txt": "print(3)"}
    runs = [
        ("missing.py",),
        ("folder",),
        ("words.txt",),
        ("./main.py",),
        ("-m", "missing"),
        ("-m", "folder"),
        ("-c", "print(4)"),
        ("-X", "dev", "main.py"),
        ("folder/../main.py",),
    ]

    differing = await compare(files, runs)

    assert not differing, describe(differing)


@pytest.mark.needs_isolated_tier
async def test_libraries_that_were_imported_ahead_leave_no_trace_in_other_programs(compare):
    names = ("loops", "signals", "threads", "atexit", "streams", "session", "deletes")
    files = {f"p_{name}.py": textwrap.dedent(PROGRAMS[name]) for name in names}

    differing = await compare(files, [(f"p_{name}.py",) for name in names], stack="fastapi")

    assert not differing, describe(differing)


@pytest.mark.needs_isolated_tier
@pytest.mark.parametrize("name", BARE)
async def test_module_that_nobody_has_imported_is_not_there(compare, name):
    files = {"p_bare.py": BARE[name], "p_other.py": "import http.server\n"}

    differing = await compare(files, [("p_bare.py",)], "fastapi", is_forked=False)

    assert not differing, describe(differing)


@pytest.mark.needs_isolated_tier
async def test_plain_programs_are_forked(grade):
    shows = f"import dataclasses, http.server\n{WHO_STARTS}\n"
    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_it(program):
            assert program.run("main.py").stdout == "True\\n"
            assert program.run("-m", "main").stdout == "True\\n"
            assert program.run("app/inner.py").stdout == "True\\n"
        """,
        {"main.py": shows, "app/inner.py": shows, "core/__init__.py": "", "core/json.py": ""}
        | {"json.txt": "", "html/page.html": ""},
        entry=Entry(program=("python",)),
    )

    assert graded.report.verdict is Verdict.PASSED, graded.only


@pytest.mark.needs_isolated_tier
@pytest.mark.parametrize("stack", ["python", "fastapi"])
async def test_time_zone_of_a_service_is_the_one_that_it_is_given(grade, stack):
    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_it(service):
            service.environment["TZ"] = "Asia/Tokyo"
            assert service.get("/").text == "JST"
            service.environment["TZ"] = "UTC"
            service.restart()
            assert service.get("/").text == "UTC"
        """,
        """
        import os, time
        from http.server import BaseHTTPRequestHandler, HTTPServer

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.end_headers()
                self.wfile.write(time.localtime().tm_zone.encode())

        HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
        """,
        stack=stack,
        entry=Entry(service=("python", "main.py")),
        limits=PATIENT,
    )

    assert graded.report.verdict is Verdict.PASSED, graded.only
