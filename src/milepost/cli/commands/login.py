"""`milepost login` and `logout`: letting this terminal in, and out again (RFC 8628).

Nothing is opened by itself: the address and the code are printed, and a person decides.
"""

import getpass
import platform
import time
from typing import Annotated

import typer

from milepost.cli.output.console import make_console, plain, say, say_error
from milepost.cli.output.problems import fail
from milepost.cli.processes.data_folder import find_running
from milepost.cli.processes.settings import find_settings
from milepost.cli.workspace.logins import (
    Login,
    find_login,
    forget_login,
    login_file,
    remember_login,
)
from milepost.client import (
    ApiProblem,
    Client,
    DeviceAuthorization,
    NotMilepost,
    ServerUnreachable,
    to_line,
)

DEFAULT_SERVER = "http://127.0.0.1:8642"
_LONGEST_NAME = 80
_LONGEST_INTERVAL = 60
_WAIT_ON = frozenset(
    {"authorization_pending", "slow_down", "too_many_attempts", "database_unavailable"}
)


def login(
    server: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="The server; by default the one that `milepost up` runs here."
        ),
    ] = None,
) -> None:
    """Let this terminal act for you on a server, once you have confirmed its code."""
    console = make_console()
    earlier = find_login()
    with Client(server or _find_server()) as client:
        device = client.request_device_authorization(client_name=_name_self())
        console.print("Open this address in the browser where you are signed in:")
        console.print(f"  {plain(device.verification_url_complete)}", soft_wrap=True)
        console.print(f"and confirm that it shows the code  {plain(device.user_code)}")
        say(console, "`milepost open` prints a sign-in link if you are not signed in.")
        with console.status("Waiting for you to confirm"):
            token = _wait_for_token(client, device)
    with Client(client.url, token=token) as signed_in:
        name = signed_in.get_me().name
    remember_login(Login(url=client.url, token=token))
    if earlier is not None:
        _revoke(earlier)
    console.print(f"Logged in to {client.url} as {plain(name)}.")


def logout() -> None:
    """End this terminal's login, here and on the server."""
    login = find_login()
    if login is None:
        typer.echo("This terminal was not logged in.")
        return
    is_ended = _revoke(login)
    forget_login()
    typer.echo(f"Logged out of {login.url}.")
    if not is_ended:
        say_error(
            f"The server did not answer, so it still knows the token that was in {login_file()}. "
            "End it on your account page."
        )


def _name_self() -> str:
    """Return what its person will know this terminal by, on the page that lets it in."""
    try:
        name = f"milepost of {getpass.getuser()} on {platform.node()}"
    except (KeyError, OSError):  # no user of this number has a name
        name = f"milepost on {platform.node()}"
    return to_line(name)[:_LONGEST_NAME]


def _find_server() -> str:
    running = find_running(find_settings().data_dir)
    return running.url if running is not None else DEFAULT_SERVER


def _wait_for_token(client: Client, device: DeviceAuthorization) -> str:
    """Ask until a person has confirmed, or the server says that they took too long."""
    seconds = device.interval_seconds
    while True:
        time.sleep(max(1, seconds))
        try:
            return client.redeem_device_code(device.device_code)
        except ApiProblem as problem:
            if problem.code == "device_code_not_found":
                fail("Nobody confirmed the code in time, so this terminal was not let in.", _AGAIN)
            if problem.code not in _WAIT_ON:
                raise
            seconds = _read_interval(problem, seconds)


def _read_interval(problem: ApiProblem, present: int) -> int:
    """Return how long the server wants to be left alone, as far as that is sensible."""
    asked = problem.data.get("interval_seconds")
    return min(asked, _LONGEST_INTERVAL) if isinstance(asked, int) else present


def _revoke(login: Login) -> bool:
    """End a token; one that the server has forgotten already is fine."""
    try:
        with Client(login.url, token=login.token) as client:
            client.revoke_token()
    except (ServerUnreachable, NotMilepost):
        return False
    except ApiProblem as problem:
        return problem.code == "sign_in_required"
    return True


_AGAIN = "Run `milepost login` again for a new code."
