"""The shapes of letting a terminal in (RFC 8628 §3.1 and §3.2).

The device code is the terminal's secret, the user code its person's.
"""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from milepost.api.v1.schemas.shapes import Request, Shape


class RequestDeviceAuthorization(Request):
    """Who asks to be let in, in words that its person will recognise."""

    client_name: Annotated[
        str, StringConstraints(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$")
    ] = Field(default="a terminal", examples=["milepost on laptop"])


class DeviceAuthorizationOut(Shape):
    """What a terminal is told once: a code for itself and one to show its person."""

    device_code: str = Field(description="The terminal's own secret, to send to `POST /tokens`.")
    user_code: str = Field(
        description="What the person types at `verification_url`.", examples=["WDJB-MJHT"]
    )
    verification_url: str = Field(examples=["http://127.0.0.1:8642/device"])
    verification_url_complete: str = Field(
        description="The same, with the code filled in. The person must still compare it.",
        examples=["http://127.0.0.1:8642/device?code=WDJB-MJHT"],
    )
    interval_seconds: int = Field(description="How long to wait between questions.", examples=[2])
    expires_at: datetime
