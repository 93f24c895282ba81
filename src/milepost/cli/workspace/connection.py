"""Connecting to the server that this machine is logged in to, and asking it for what is named.

What a server refuses is told by `problems`. Invariant: a wrong name is answered with close ones.
"""

from milepost.cli.output.problems import fail_used_wrongly
from milepost.cli.output.suggestions import suggest
from milepost.cli.workspace.logins import Login, find_login
from milepost.client import ApiProblem, Client, Lab

_LOG_IN = "Run `milepost login` first. `milepost check` works without."


def require_login() -> Login:
    """Return this machine's login, or end the command."""
    login = find_login()
    if login is None:
        fail_used_wrongly("This terminal is not logged in.", _LOG_IN)
    return login


def connect() -> Client:
    """Return a client of the server that this machine is logged in to, or end the command."""
    login = require_login()
    return Client(login.url, token=login.token)


def get_lab(client: Client, slug: str) -> Lab:
    """Return a lab of the server, or end the command with the names that come close."""
    try:
        return client.get_lab(slug)
    except ApiProblem as problem:
        end_without_lab(client, slug, problem)
        raise


def end_without_lab(client: Client, slug: str, problem: ApiProblem) -> None:
    """End the command with the names of labs and drills that come close, if this one is unknown."""
    if problem.code in {"lab_not_found", "request_not_valid"}:
        names = [lab.slug for lab in (*client.list_labs(), *client.list_drills())]
        fail_used_wrongly(f"There is no lab called {slug!a} on {client.url}.", suggest(slug, names))
