"""The club's money, also when others change the same accounts at the same time."""

import os

from psycopg.errors import DeadlockDetected, SerializationFailure
from psycopg_pool import ConnectionPool

TRIES = 5
pool = ConnectionPool(os.environ["DATABASE_URL"], min_size=1, max_size=5, open=True)


class UnknownAccount(Exception):
    """There is no account of this number."""


class TooLittle(Exception):
    """There is too little in the account, or in all accounts of the member."""


class Busy(Exception):
    """PostgreSQL ended every try so that others could go on."""


def deposit(account, amount):
    """Pay an amount in; return the new balance."""
    return together(lambda connection: change(connection, account, amount))


def transfer(source, target, amount):
    """Move an amount from one account to another, which may not overdraw the first one."""

    def move(connection):
        rows = connection.execute(
            "SELECT id, balance FROM accounts WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [[source, target]]
        )
        balances = dict(rows.fetchall())
        if source not in balances:
            raise UnknownAccount
        if balances[source] < amount:
            raise TooLittle
        change(connection, source, -amount)
        change(connection, target, amount)

    together(move)


def withdraw(account, amount):
    """Pay an amount out, of which the member's accounts together must hold enough; return the new balance."""

    def pay(connection):
        # Whoever wants money of a member has to pass here, whichever account it is taken from.
        member = connection.execute(
            "SELECT id FROM members WHERE id = (SELECT member_id FROM accounts WHERE id = %s) FOR UPDATE",
            [account],
        ).fetchone()
        if member is None:
            raise UnknownAccount
        held = connection.execute("SELECT sum(balance) FROM accounts WHERE member_id = %s", member).fetchone()
        if held[0] < amount:
            raise TooLittle
        return change(connection, account, -amount)

    return together(pay)


def report():
    """Return the sum of all balances, and that of all entries."""
    with pool.connection() as connection:
        return connection.execute(
            "SELECT (SELECT sum(balance) FROM accounts), (SELECT sum(amount) FROM entries)"
        ).fetchone()


def together(work):
    """Do some work in one transaction; from the start again where PostgreSQL ended it for another's sake."""
    for _ in range(TRIES):
        try:
            with pool.connection() as connection:  # commits at its end, and undoes everything on an error
                return work(connection)
        except (SerializationFailure, DeadlockDetected):
            continue
    raise Busy


def change(connection, account, amount):
    """Change a balance by an amount, and write down that it was."""
    changed = connection.execute(
        "UPDATE accounts SET balance = balance + %s WHERE id = %s RETURNING balance", [amount, account]
    ).fetchone()
    if changed is None:
        raise UnknownAccount
    connection.execute("INSERT INTO entries (account_id, amount) VALUES (%s, %s)", [account, amount])
    return changed[0]
