"""Why a request did not reach its server, and what the person at the terminal can do about it.

The HTTP library hides the reason behind one kind of error; the chain of causes still has it. The
environment's own settings (certificates, proxies) are told apart from the server's faults.
"""

import errno
import os
import socket
import ssl
from collections.abc import Iterator
from urllib.parse import SplitResult, urlsplit
from urllib.request import proxy_bypass

import httpx

from milepost.client.errors import EnvironmentNotUsable, ServerUnreachable

_NO_WAY = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN}
_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR")
_TRUST_FIX = (
    "If an authority of your own signed it, name the file of that authority in SSL_CERT_FILE. "
    "If not, ask the person who runs the server; its name and your clock count, too."
)


def explain_fault(error: httpx.TransportError, url: str) -> ServerUnreachable:
    """Return what kept a request from the server, as far as the error's causes tell."""
    parts = urlsplit(url)
    proxy = find_proxy(url)
    if proxy is not None and isinstance(error, httpx.ConnectError | httpx.ProxyError):
        fix = f"Check the proxy, or leave it out for this server: NO_PROXY={parts.hostname}."
        return ServerUnreachable(url, f"the proxy {proxy} does not let the request through", fix)
    explained = (_explain_cause(cause, parts) for cause in _causes(error))
    told = next(filter(None, explained), None)
    return ServerUnreachable(url, *(told or _explain_exchange(error, parts)))


def _explain_cause(cause: BaseException, parts: SplitResult) -> tuple[str, str] | None:
    """Explain a fault of making the connection."""
    told: tuple[str, str] | None = None
    match cause:
        case ssl.SSLCertVerificationError():
            told = f"its certificate is not trusted: {cause.verify_message.rstrip('.')}", _TRUST_FIX
        case ssl.SSLError():
            fix = f"If it is served without https, use http://{parts.netloc}."
            told = "no https is spoken there", fix
        case socket.gaierror():
            fix = "Check the spelling of the address, and that you are online."
            told = f"no host {parts.hostname} is known", fix
        case ConnectionRefusedError():
            told = "nothing listens there", ""
        case OSError(errno=number) if number in _NO_WAY:
            told = "no network leads there", "Check that you are online."
    return told


def _explain_exchange(error: httpx.TransportError, parts: SplitResult) -> tuple[str, str]:
    """Explain a fault that came after the connection was made."""
    match error:
        case httpx.ConnectTimeout():
            return "it did not accept the connection in time", ""
        case httpx.TimeoutException():
            return "it took too long to answer", ""
        case httpx.RemoteProtocolError() if "disconnected" not in str(error):
            return "what answers there speaks no http", _suggest_https(parts)
        case httpx.RemoteProtocolError():
            return "it hung up", _suggest_https(parts)
        case _:
            return "the connection broke", _suggest_https(parts)


def _suggest_https(parts: SplitResult) -> str:
    """A server of https hangs up on plain http, or sends what is none."""
    is_plain = parts.scheme == "http"
    return f"Try again; if it is served by https, use https://{parts.netloc}." if is_plain else ""


def find_proxy(url: str) -> str | None:
    """Return the proxy that the environment names for this address, without its password."""
    parts = urlsplit(url)
    if is_on_this_machine(url) or proxy_bypass(parts.hostname or ""):
        return None
    names = (f"{parts.scheme}_proxy", "all_proxy")
    named = (os.environ.get(name) or os.environ.get(name.upper()) for name in names)
    proxy = next(filter(None, named), None)
    return None if proxy is None else proxy.rpartition("@")[2]


def is_on_this_machine(url: str) -> bool:
    """Whether an address leads to this machine itself, to which no proxy knows the way."""
    host = urlsplit(url).hostname or ""
    return host in {"localhost", "::1"} or host.startswith("127.")


def explain_setup(error: Exception) -> EnvironmentNotUsable | None:
    """Return which setting of the environment kept a client from being made, if one did."""
    if isinstance(error, OSError | ssl.SSLError):
        return _explain_certificates(error)
    if isinstance(error, ValueError | ImportError | httpx.InvalidURL):
        return _explain_proxy()
    return None


def _explain_certificates(error: OSError) -> EnvironmentNotUsable | None:
    name = next((name for name in _CERTIFICATES if os.environ.get(name)), None)
    if name is None:
        return None
    why = "it holds no certificates" if isinstance(error, ssl.SSLError) else error.strerror
    return EnvironmentNotUsable(name, os.environ[name], str(why).lower().rstrip("."))


def _explain_proxy() -> EnvironmentNotUsable | None:
    for base in ("all_proxy", "https_proxy", "http_proxy"):
        for name in (base, base.upper()):
            value = os.environ.get(name, "")
            scheme = value.partition("://")[0] if "://" in value else "http"
            if value and scheme not in {"http", "https", "socks5", "socks5h"}:
                why = "a proxy begins with http://, https:// or socks5://"
                return EnvironmentNotUsable(name, value.rpartition("@")[2], why)
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__
