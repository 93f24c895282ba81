"""Milepost: a self-hosted, hands-on path to backend engineering.

The packages stand in layers: `docs/map.md` lists them, `docs/tour.md` follows one submission
through them.
"""

__version__ = "0.1.0"
