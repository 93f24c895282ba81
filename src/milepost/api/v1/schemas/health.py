"""The shape of a healthy installation.

An unhealthy one answers a problem, so that the status alone is enough.
"""

from typing import Literal

from pydantic import Field

from milepost.api.v1.schemas.shapes import Shape


class HealthOut(Shape):
    """The installation answers, and so does its database."""

    status: Literal["ok"]
    version: str = Field(examples=["0.1.0"])
