"""Who is killed is dead, with everybody that it has started: in no session and under no parent does
a process of learner code outlive the program, service or replica that it belongs to.
"""

import pytest

from milepost.engine import Limits, Outcome, Verdict

PATIENT = Limits(wall_seconds=60, run_seconds=10)
# Ways to leave a process behind that is in no group and under no parent of the one that ends.
LEAVES = {
    "session": """
        if os.fork() == 0:
            os.setsid()
            hold()
    """,
    "double-fork": """
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                hold()
            os._exit(0)
        os.wait()
    """,
    "ignores-signals": """
        if os.fork() == 0:
            for number in signal.valid_signals() - {9, 19}:
                signal.signal(number, signal.SIG_IGN)
            os.setsid()
            hold()
    """,
    "started-program": """
        subprocess.Popen([sys.executable, "-c", HOLDS], start_new_session=True,
                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    """,
}
# A service that counts its calls in itself, and can have somebody else remember something.
SERVICE = '''
import os, signal, socket, subprocess, sys, time
from http.server import BaseHTTPRequestHandler, HTTPServer

HOLDS = """
import socket
server = socket.create_server(("127.0.0.1", 9999))
while True:
    server.accept()[0].sendall(b"I live")
"""

def hold():
    for number in range(3, 64):
        try: os.close(number)
        except OSError: pass
    exec(HOLDS)

def leave():
{leave}

def ask():
    for _ in range(200):
        try:
            return socket.create_connection(("127.0.0.1", 9999), 1).recv(99)
        except OSError:
            time.sleep(0.005)
    return b"nobody"

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/leave":
            leave()
        said = ask() if self.path != "/" else b"hello"
        self.send_response(200)
        self.send_header("content-length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_):
        pass

def serve():
    HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
'''
SERVES = SERVICE + "\nserve()\n"
RUNS = SERVICE + "\nleave() if sys.argv[1:] == ['leave'] else None\nprint(ask().decode())\n"


def write(code: str, way: str) -> str:
    return code.replace("{leave}", LEAVES[way].replace("\n        ", "\n    "))


@pytest.mark.parametrize("way", LEAVES)
async def test_restarted_service_meets_nobody_whom_the_last_one_left(grade, way):
    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_it(service):
            assert service.get("/leave").text == "I live", "it must be there first"
            service.restart()
            assert service.get("/ask").text == "nobody"
            assert service.get("/leave").text == "I live", "the port is free again"
            service.kill()
            service.restart()
            assert service.get("/ask").text == "nobody"
        """,
        write(SERVES, way),
        limits=PATIENT,
    )

    assert graded.report.verdict is Verdict.PASSED, graded.only


async def test_restarted_node_service_meets_nobody_whom_the_last_one_left(grade):
    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_it(service):
            assert service.get("/leave").text == "left"
            assert service.get("/ask").text == "I live"
            service.restart()
            assert service.get("/ask").text == "nobody"
        """,
        """
        import { spawn } from "node:child_process";
        import http from "node:http";
        import net from "node:net";

        const HOLDS = `require("net").createServer((s) => s.end("I live")).listen(9999, "127.0.0.1",
            () => process.send("listens"))`;
        const leave = () => new Promise((resolve) => {
            const stdio = ["ignore", "ignore", "ignore", "ipc"];
            const child = spawn(process.execPath, ["-e", HOLDS], { detached: true, stdio });
            child.once("message", () => { child.disconnect(); child.unref(); resolve("left"); });
        });
        const ask = () => new Promise((resolve) => {
            const socket = net.connect(9999, "127.0.0.1");
            socket.once("data", (data) => resolve(String(data)));
            socket.once("error", () => resolve("nobody"));
        });
        http.createServer(async (request, response) => {
            response.end(await (request.url === "/leave" ? leave() : ask()));
        }).listen(process.env.PORT, "127.0.0.1");
        """,
        stack="node",
        limits=PATIENT,
    )

    assert graded.report.verdict is Verdict.PASSED, graded.only


async def test_killed_replica_leaves_nobody_behind(grade):
    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_it(balancer):
            balancer.start(replicas=2)
            first, second = balancer.replicas
            assert [balancer.get("/leave").text for _ in range(2)] == ["I live"] * 2
            first.kill()
            first.restart()
            assert first.get("/ask").text == "nobody"
            assert second.get("/ask").text == "I live"
        """,
        write(SERVES, "double-fork"),
        services=("balancer",),
        limits=PATIENT,
    )

    assert graded.report.verdict is Verdict.PASSED, graded.only


@pytest.mark.parametrize("way", LEAVES)
async def test_program_that_has_ended_has_left_nobody_to_the_next_run(grade, way):
    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_it(program):
            assert program.run("leave").stdout == "I live\\n"
            assert program.run().stdout == "nobody\\n"
        """,
        write(RUNS, way),
        limits=PATIENT,
    )

    assert graded.report.verdict is Verdict.PASSED, graded.only


async def test_service_that_ended_by_itself_has_left_nobody(grade):
    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_it(service):
            service.get("/leave")
            with pytest.raises((ServiceEnded, AnswerNotHttp)):
                service.get("/end")
            service.restart()
            assert service.get("/ask").text == "nobody"
        """,
        write(SERVES, "session").replace(
            "    def do_GET(self):",
            '    def do_GET(self):\n        if self.path == "/end":\n            os._exit(3)',
        ),
        limits=PATIENT,
    )

    assert graded.report.verdict is Verdict.PASSED, graded.only


async def test_end_of_a_program_leaves_a_service_and_its_family_alone(grade):
    """A migration may run beside a service; whoever is left without a parent is nobody's family."""
    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_it(service, program):
            assert service.get("/leave").text == "I live"
            assert program.run("beside").stdout == "I live\\n"
            assert service.get("/").text == "hello", "the service goes on"
            assert service.get("/ask").text == "I live", "and so does its child"
            assert program.run("leave", "beside").stdout == "left\\n"
            assert program.run("find").stdout == "nobody\\n"
            assert service.get("/ask").text == "I live"
        """,
        write(SERVES, "session").replace(
            "\nserve()\n",
            """
OTHER = HOLDS.replace("9999", "9998")
match sys.argv[1:]:
    case ["beside"]:
        print(ask().decode())
    case ["leave", "beside"]:
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                os.closerange(0, 3)
                exec(OTHER)
            os._exit(0)
        os.wait()
        for _ in range(1000):
            try:
                socket.create_connection(("127.0.0.1", 9998), 1).recv(99)
                break
            except OSError:
                time.sleep(0.005)
        print("left")
    case ["find"]:
        try:
            print(socket.create_connection(("127.0.0.1", 9998), 1).recv(99))
        except OSError:
            print("nobody")
    case _:
        serve()
""",
        ),
        limits=PATIENT,
    )

    assert graded.report.verdict is Verdict.PASSED, graded.only


async def test_files_and_what_was_printed_outlive_a_restart(grade):
    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_it(service):
            service.get("/leave")
            service.restart()
            assert service.get("/").text == "hello"
            assert service.logs == "no file\\nfile\\n"
        """,
        write(SERVES, "session").replace(
            "\nserve()\n",
            """
print("file" if os.path.exists("kept") else "no file")
open("kept", "w").close()
serve()
""",
        ),
        limits=PATIENT,
    )

    assert graded.report.verdict is Verdict.PASSED, graded.only


async def test_call_out_of_time_ends_whoever_it_has_started(grade):
    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_it(solution, program):
            with pytest.raises(SolutionTimedOut):
                solution.call("hang", seconds=1)
            assert program.run().stdout == "nobody\\n"
        """,
        write(SERVICE, "double-fork")
        + "\ndef hang():\n    leave()\n    time.sleep(60)\n"
        + "\nif __name__ == '__main__':\n    print(ask().decode())\n",
        limits=PATIENT,
    )

    assert graded.only.outcome is Outcome.PASSED, graded.only


@pytest.mark.needs_isolated_tier
async def test_launcher_takes_no_signal_from_learner_code(grade):
    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_it(program):
            assert program.run("signals").stdout == "sent\\n"
            assert program.run().exit_code == 0
        """,
        """
        import os, signal, sys
        if sys.argv[1:]:
            for number in signal.valid_signals():
                os.kill(os.getppid(), number)
            print("sent")
        """,
    )

    assert graded.report.verdict is Verdict.PASSED, graded.only
