"""What keeps a terminal from its server is told by its cause, with what helps."""

import json
import socket
import ssl
import subprocess
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from milepost.client import ApiProblem, Client, EnvironmentNotUsable, NotMilepost, ServerUnreachable

PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    for name in (*PROXIES, "ssl_cert_file", "ssl_cert_dir"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


class SilentHandler(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass


class SilentServer(ThreadingHTTPServer):
    def handle_error(self, *_):
        pass


@contextmanager
def serving(context=None):
    """Serve nothing but refusals, with or without https; yield the port."""
    server = SilentServer(("127.0.0.1", 0), SilentHandler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """Make a certificate that nobody knows, for this machine's name."""
    folder = tmp_path_factory.mktemp("certificate")
    key, signed = folder / "key.pem", folder / "certificate.pem"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost"
    name = ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    made = [*command.split(), *name, "-keyout", str(key), "-out", str(signed)]
    subprocess.run(made, check=True, capture_output=True)
    return key, signed


@pytest.fixture
def secure_port(certificate):
    key, signed = certificate
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(signed, key)
    with serving(context) as port:
        yield port


def fault_at(url):
    with pytest.raises((ServerUnreachable, NotMilepost)) as caught, Client(url) as client:
        client.get_me()
    return caught.value


def test_a_certificate_that_nobody_here_trusts(secure_port):
    fault = fault_at(f"https://127.0.0.1:{secure_port}")

    assert "its certificate is not trusted: self-signed certificate" in str(fault)
    assert "SSL_CERT_FILE" in fault.fix


def test_a_certificate_that_the_environment_names_is_trusted(secure_port, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[1]))

    assert "it answered 501" in str(fault_at(f"https://localhost:{secure_port}"))


def test_plain_http_where_https_is_spoken(secure_port):
    fault = fault_at(f"http://127.0.0.1:{secure_port}")

    assert f"use https://127.0.0.1:{secure_port}" in fault.fix


def test_https_where_plain_http_is_spoken():
    with serving() as port:
        fault = fault_at(f"https://127.0.0.1:{port}")

    assert "no https is spoken there" in str(fault)
    assert fault.fix == f"If it is served without https, use http://127.0.0.1:{port}."


def test_a_host_that_nobody_knows(monkeypatch):
    def unknown(*_arguments, **_options):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    fault = fault_at("http://milpost.example")

    assert "no host milpost.example is known" in str(fault)
    assert "spelling" in fault.fix


@pytest.mark.parametrize("proxy", ["http://ada:secret@127.0.0.1:9", "socks5://127.0.0.1:9"])
def test_a_proxy_that_is_not_there_is_named_without_its_password(proxy, monkeypatch):
    monkeypatch.setenv("ALL_PROXY", proxy)

    fault = fault_at("http://milepost.example")

    assert "127.0.0.1:9 does not let the request through" in str(fault)
    assert "secret" not in str(fault)
    assert "NO_PROXY=milepost.example" in fault.fix


def test_no_proxy_stands_between_this_machine_and_itself(monkeypatch):
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")

    with serving() as port:
        assert "it answered 501" in str(fault_at(f"http://127.0.0.1:{port}"))


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("SSL_CERT_FILE", "/there/is/no/such.pem", "no such file or directory"),
        ("SSL_CERT_FILE", __file__, "it holds no certificates"),
        ("http_proxy", "ftp://127.0.0.1:21", "a proxy begins with http://"),
        ("ALL_PROXY", "gopher://127.0.0.1", "a proxy begins with http://"),
    ],
)
def test_a_setting_of_the_environment_that_no_client_can_follow(name, value, reason, monkeypatch):
    monkeypatch.setenv(name, value)

    with pytest.raises(EnvironmentNotUsable) as caught:
        Client("http://milepost.example")

    assert caught.value.name == name
    assert reason in str(caught.value)


def client_of(*responses):
    """Make a client whose requests get these, one after another."""
    left = list(responses)
    transport = httpx.MockTransport(lambda _request: left.pop(0))
    return Client("http://milepost.test", transport=transport)


def accepted():
    grading = "0193b5f0-0000-7000-8000-000000000001"
    now = "2026-11-30T10:00:00Z"
    document = {
        "id": grading, "lab": "adding", "lab_title": "Adding", "stack": "python", "version": "1",
        "kind": "submission", "created_at": now, "is_current_version": True,
        "grading": {"id": grading, "status": "queued", "verdict": None, "graded_at": None},
    }  # fmt: skip
    return httpx.Response(202, json=document)


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_proxy_whose_server_is_away_is_asked_again(status, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    away = httpx.Response(status, text="<h1>Bad Gateway</h1>")

    with client_of(away, away, accepted()) as client:
        submission = client.submit_solution(lab="adding", stack="python", files={"a.py": ""})

    assert submission.lab == "adding"


def test_a_proxy_whose_server_stays_away_is_told_as_one():
    away = httpx.Response(502, text="<h1>Bad Gateway</h1>")

    with client_of(away) as client, pytest.raises(ServerUnreachable) as caught:
        client.get_me()

    assert "a proxy in front of it answered 502" in str(caught.value)


def test_an_address_that_moved_is_named():
    moved = httpx.Response(301, headers={"Location": "https://milepost.test/api/v1/me"})

    with client_of(moved) as client, pytest.raises(NotMilepost) as caught:
        client.get_me()

    assert "sends every request on to https://milepost.test/api/v1/me" in str(caught.value)
    assert "`milepost login --server https://milepost.test`" in caught.value.fix


DEEP = b"[" * 100_000 + b"]" * 100_000


@pytest.mark.parametrize("method", ["get_me", "list_labs", "get_progress"])
@pytest.mark.parametrize(
    ("status", "content", "headers"),
    [
        (200, DEEP, {}),
        (200, b'{"items": ' + DEEP + b"}", {}),
        (404, DEEP, {}),
        (200, b"\x1f\x8bnonsense", {"Content-Encoding": "gzip"}),
        (200, b"9" * 5000, {}),
        (200, b"\xff\xfe", {}),
    ],
    ids=["deep", "deep items", "deep problem", "packed", "digits", "no text"],
)
def test_an_answer_that_nobody_can_read_is_no_milepost(method, status, content, headers):
    # A stream, since a server's answer is not unpacked before it is looked at.
    response = httpx.Response(status, headers=headers, stream=httpx.ByteStream(content))

    with client_of(response) as client, pytest.raises(NotMilepost):
        getattr(client, method)()


def test_a_problem_may_say_anything_that_json_can():
    told = json.dumps({"code": "x", "detail": "half a \ud800 pair"}).encode()

    with (
        client_of(httpx.Response(409, content=told)) as client,
        pytest.raises(ApiProblem) as caught,
    ):
        client.get_me()

    assert caught.value.detail == "half a \ud800 pair"
