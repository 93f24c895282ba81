"""Hashes passwords of the labs' PostgreSQL as its server would, so that it need not.

A hash made here can be given to many roles, and each can have as many iterations as it needs.
"""

import base64
import hashlib
import hmac
import secrets

# PostgreSQL's own default (RFC 7677 §4); clients may refuse fewer, as pgjdbc does.
FULL_ITERATIONS = 4096
# Iterations slow down guessing, and nobody guesses a key of 144 random bits.
FEWEST_ITERATIONS = 1
_SALT_BYTES = 16


def hash_password(password: str, iterations: int) -> str:
    """Return what a server stores for an ASCII password: its SCRAM-SHA-256 secret (RFC 5803)."""
    salt = secrets.token_bytes(_SALT_BYTES)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode("ascii"), salt, iterations)
    client_key = hmac.digest(salted, b"Client Key", "sha256")
    stored_key = hashlib.sha256(client_key).digest()
    server_key = hmac.digest(salted, b"Server Key", "sha256")
    encoded = [base64.b64encode(part).decode() for part in (salt, stored_key, server_key)]
    return "SCRAM-SHA-256${}:{}${}:{}".format(iterations, *encoded)
