"""Backing services: what labs run against beside learner code, one folder for each component.

A folder holds all of its component: the engine's side, its sandbox, and the fixture that checks
use. Nothing here is the platform's own, and no server here trusts a uid or a peer.
"""
