"""The rules of accounts: how long secrets live and how they are made and compared.

Secrets have 256 random bits, so a fast hash is enough to store them (there is nothing to guess).
A person's code (RFC 8628 §6.1) avoids vowels and look-alikes; it is short because it expires soon.
"""

import hashlib
import secrets
from datetime import timedelta
from uuid import UUID

from milepost.core.attempts import Allowance

SIGN_IN_LINK_LIFETIME = timedelta(minutes=30)
SESSION_LIFETIME = timedelta(days=30)
ACCESS_TOKEN_LIFETIME = timedelta(days=365)
DEVICE_CODE_LIFETIME = timedelta(minutes=10)
DEVICE_POLL_SECONDS = 2
SLOW_DOWN_SECONDS = 5  # by which the interval grows at each question that comes too soon
SLOWEST_POLL_SECONDS = 60
POLL_LEEWAY = timedelta(seconds=0.5)  # networks don't deliver as evenly as a terminal asks
WRONG_USER_CODES = Allowance("wrong_user_code", 30, timedelta(minutes=10))  # an account (ADR 31)
ACCESS_TOPIC = "access:"

_USER_CODE_ALPHABET = "BCDFGHJKLMNPQRSTVWXZ"


def access_topic(user_id: UUID) -> str:
    """Return the topic that is announced whenever a session or token of this person ends."""
    return f"{ACCESS_TOPIC}{user_id}"


def new_secret() -> str:
    """Return 256 random bits, as text that is safe in a URL."""
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> bytes:
    """Return the only form of a secret that is stored (SHA-256)."""
    return hashlib.sha256(secret.encode()).digest()


def new_user_code() -> str:
    """Return a code that a person can read aloud and type, such as `WDJB-MJHT`."""
    letters = "".join(secrets.choice(_USER_CODE_ALPHABET) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def normalise_user_code(typed: str) -> str:
    """Return a typed code in the form in which it was issued."""
    letters = "".join(letter for letter in typed.upper() if letter.isalnum())
    return f"{letters[:4]}-{letters[4:]}"
