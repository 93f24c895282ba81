"""From which address a request came, as far as this side can know.

Behind a proxy every connection is the proxy's, so what it says of its client counts there, and only
there: without a public URL nobody's header is believed.
"""

from ipaddress import ip_address

from starlette.requests import Request

from milepost.core.config import Settings


def find_client_address(request: Request, settings: Settings) -> str:
    """Return the client's IP address, or nothing where a proxy does not tell it.

    Of `X-Forwarded-For` the last entry is the one that the nearest proxy wrote; those before it may
    be made up.
    """
    if settings.public_url is None:
        told = request.client.host if request.client else ""
    else:
        told = ",".join(request.headers.getlist("x-forwarded-for")).rpartition(",")[2].strip()
    try:
        return str(ip_address(told))
    except ValueError:
        return ""
