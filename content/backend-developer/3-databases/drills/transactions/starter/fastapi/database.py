"""Connections to the database. There is nothing to change here."""

import os

import psycopg


def connect():
    """Open a connection, for a `with`. Each statement is committed unless a transaction is open."""
    return psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
