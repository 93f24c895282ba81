"""The club's money, with transactions that end as if each had run alone: SERIALIZABLE.

It costs next to no locks of one's own and a try now and then: PostgreSQL ends whichever would not fit.
"""

import os

from psycopg import Error, IsolationLevel
from psycopg_pool import ConnectionPool


def configure(connection):
    connection.isolation_level = IsolationLevel.SERIALIZABLE


pool = ConnectionPool(os.environ["DATABASE_URL"], min_size=1, max_size=5, open=True, configure=configure)


class UnknownAccount(Exception):
    """There is no account of this number."""


class TooLittle(Exception):
    """There is too little in the account, or in all accounts of the member."""


class Busy(Exception):
    """PostgreSQL ended every try so that others could go on."""


def in_a_transaction(work):
    """Make a function that runs as one transaction, up to five times."""

    def run(*arguments):
        for _ in range(5):
            try:
                with pool.connection() as connection:
                    return work(connection, *arguments)
            except Error as error:
                if error.sqlstate not in ("40001", "40P01"):
                    raise
        raise Busy

    return run


@in_a_transaction
def deposit(connection, account, amount):
    balance = read_balance(connection, account) + amount
    write_balance(connection, account, balance)
    write_entry(connection, account, amount)
    return balance


@in_a_transaction
def transfer(connection, source, target, amount):
    left, right = read_balance(connection, source), read_balance(connection, target)
    if left < amount:
        raise TooLittle
    for account, balance in sorted([(source, left - amount), (target, right + amount)]):
        write_balance(connection, account, balance)
    write_entry(connection, source, -amount)
    write_entry(connection, target, amount)


@in_a_transaction
def withdraw(connection, account, amount):
    balance = read_balance(connection, account)
    (together,) = connection.execute(
        "SELECT sum(balance) FROM accounts WHERE member_id = (SELECT member_id FROM accounts WHERE id = %s)",
        [account],
    ).fetchone()
    if together < amount:
        raise TooLittle
    write_balance(connection, account, balance - amount)
    write_entry(connection, account, -amount)
    return balance - amount


@in_a_transaction
def report(connection):
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
