"""The addresses that settings name: PostgreSQL's, and the one that people use.

A PostgreSQL URL is parsed by libpq alone, whoever connects with it, so that a password means the
same everywhere. Invariant: no message made here quotes a URL, since it may hold a password.
"""

from urllib.parse import urlsplit

_SCHEMES = ("postgresql", "postgres")
_DRIVER = "+psycopg"
_FORM = "Write it as postgresql://user:password@host:5432/name."
_ENCODED = (
    "In a user name or password, write @ as %40, / as %2F, : as %3A, % as %25 and a space as %20"
)


def parse_postgres_url(url: str) -> dict[str, str]:
    """Return libpq's parameters of a PostgreSQL URL; `ValueError` tells what is wrong with it."""
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    try:
        found = conninfo_to_dict(plain_postgres_url(url))
    except psycopg.ProgrammingError:
        raise ValueError(f"it is not a URL that PostgreSQL can read. {_FORM} {_ENCODED}") from None
    parameters = {name: str(value) for name, value in found.items()}
    _refuse_what_was_cut_wrongly(parameters)
    return parameters


def plain_postgres_url(url: str) -> str:
    """Return the URL as libpq takes it: without the driver that SQLAlchemy would want to see."""
    if not url.strip():
        raise ValueError("it is empty. Unset it to use the private PostgreSQL")
    scheme, separator, rest = url.strip().partition("://")
    name = scheme.removesuffix(_DRIVER)
    if not separator:
        raise ValueError(f"it is not a URL. {_FORM}")
    if name not in _SCHEMES:
        raise ValueError(
            f"Milepost runs on PostgreSQL only, and this names {scheme!a} as the kind of database. "
            f"{_FORM}"
        )
    return f"postgresql://{rest}"


def add_options(url: str, options: str) -> str:
    """Return the session's options that a URL brings, with these after them."""
    return f"{parse_postgres_url(url).get('options', '')} {options}".strip()


def describe_postgres(url: str) -> str:
    """Return which database a URL names, without the password: `user@host:5432/name`."""
    found = parse_postgres_url(url)
    user = found.get("user", "")
    place = found.get("host") or found.get("hostaddr") or "localhost"
    port = found.get("port", "").strip(",") or "5432"
    name = found.get("dbname") or user
    return f"{user}@{place}:{port}/{name}" if user else f"{place}:{port}/{name}"


def read_public_url(url: str) -> str:
    """Return the address that people use, without a slash at its end, or raise `ValueError`."""
    form = "Write it as https://learn.example.org, with a port where one is needed"
    try:
        parts = urlsplit(url.strip())
        port_is_valid = parts.port is None or parts.port > 0
    except ValueError:
        raise ValueError(f"it is not a URL. {form}") from None
    if parts.scheme not in {"http", "https"}:
        raise ValueError(f"it must begin with http:// or https://. {form}")
    if not parts.hostname or not port_is_valid or any(sign in parts.netloc for sign in "@ \\"):
        raise ValueError(f"it must name a host, and nobody's name or password. {form}")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(
            "it must end after the host: Milepost can't be served under a path of another site. "
            f"{form}"
        )
    return f"{parts.scheme}://{parts.netloc}"


def _refuse_what_was_cut_wrongly(parameters: dict[str, str]) -> None:
    """Refuse a host or port that is the rest of a password, which errors would print later."""
    host, ports = parameters.get("host", ""), parameters.get("port", "")
    if "@" in host or "@" in parameters.get("dbname", ""):
        raise ValueError(f"its password holds a sign that must be written differently. {_ENCODED}")
    if not all(port.isdigit() and 0 < int(port) < 2**16 for port in ports.split(",") if port):
        raise ValueError(f"its port is not a number from 1 to 65535. {_FORM} {_ENCODED}")
