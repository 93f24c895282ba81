"""The settings of the house, checked against the wings that are there."""

import os
import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    hotel: str
    closed: frozenset[str]


def read_settings(wings: list[str]) -> Settings:
    hotel = os.environ.get("HOTEL_NAME", "")
    closed = frozenset(filter(None, os.environ.get("CLOSED_WINGS", "").split(",")))
    if not hotel:
        sys.exit("The hotel can't open: HOTEL_NAME is missing.")
    if unknown := closed.difference(wings):
        sys.exit(f"The hotel can't open: CLOSED_WINGS names {', '.join(unknown)}, and there is no such wing.")
    return Settings(hotel, closed)
