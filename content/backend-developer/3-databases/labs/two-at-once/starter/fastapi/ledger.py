"""The club's money. Right for one customer at a time; the brief says what is missing.

Each of these functions runs in a thread of its own, many at the same time.
"""

import os

from psycopg_pool import ConnectionPool

pool = ConnectionPool(
    os.environ["DATABASE_URL"], min_size=1, max_size=5, open=True, kwargs={"autocommit": True}
)


class UnknownAccount(Exception):
    """There is no account of this number."""


class TooLittle(Exception):
    """There is too little in the account, or in all accounts of the member."""


class Busy(Exception):
    """PostgreSQL ended every try so that others could go on."""


def deposit(account, amount):
    """Pay an amount in; return the new balance."""
    with pool.connection() as connection:
        balance = read_balance(connection, account) + amount
        write_balance(connection, account, balance)
        write_entry(connection, account, amount)
        return balance


def transfer(source, target, amount):
    """Move an amount from one account to another, which may not overdraw the first one."""
    with pool.connection() as connection:
        left = read_balance(connection, source)
        right = read_balance(connection, target)
        if left < amount:
            raise TooLittle
        write_balance(connection, source, left - amount)
        write_balance(connection, target, right + amount)
        write_entry(connection, source, -amount)
        write_entry(connection, target, amount)


def withdraw(account, amount):
    """Pay an amount out, of which the member's accounts together must hold enough; return the new balance."""
    with pool.connection() as connection:
        balance = read_balance(connection, account)
        (together,) = connection.execute(
            "SELECT sum(balance) FROM accounts"
            " WHERE member_id = (SELECT member_id FROM accounts WHERE id = %s)",
            [account],
        ).fetchone()
        if together < amount:
            raise TooLittle
        write_balance(connection, account, balance - amount)
        write_entry(connection, account, -amount)
        return balance - amount


def report():
    """Return the sum of all balances, and that of all entries."""
    with pool.connection() as connection:
        (balances,) = connection.execute("SELECT sum(balance) FROM accounts").fetchone()
        (entries,) = connection.execute("SELECT sum(amount) FROM entries").fetchone()
        return balances, entries


def read_balance(connection, account):
    found = connection.execute("SELECT balance FROM accounts WHERE id = %s", [account]).fetchone()
    if found is None:
        raise UnknownAccount
    return found[0]


def write_balance(connection, account, balance):
    connection.execute("UPDATE accounts SET balance = %s WHERE id = %s", [balance, account])


def write_entry(connection, account, amount):
    connection.execute("INSERT INTO entries (account_id, amount) VALUES (%s, %s)", [account, amount])
