"""The shapes of access tokens.

A token is told once, here, and stored only as its hash.
"""

from typing import Annotated

from pydantic import Field, StringConstraints

from milepost.api.v1.schemas.shapes import Request, Shape


class RedeemDeviceCode(Request):
    """The device code that a person has confirmed."""

    device_code: Annotated[
        str, StringConstraints(min_length=1, max_length=200, pattern=r"^[\x21-\x7e]*$")
    ] = Field(examples=["Wh0C0mesThere-Zb1hR4qk2vS8tYdJx5mUoGf"])


class TokenOut(Shape):
    """An access token: send it as `Authorization: Bearer …`."""

    token: str = Field(examples=["n0tAR3alT0ken-4f8Zb1hR4qk2vS8tYdJx5mUo"])
