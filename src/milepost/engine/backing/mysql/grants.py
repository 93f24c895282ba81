"""Who may do what on a server of labs, as the SQL with which it starts.

Passwords are random and made by `host`. Learner code has the rights of a shop's own program: all
that is in its database, and nothing of the server, its files or its other users.
"""

from milepost.engine.backing.messages import Login
from milepost.engine.backing.mysql.messages import CHECKER, DATABASE, LEARNER

_RIGHTS = (
    "SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, REFERENCES, INDEX, ALTER, LOCK TABLES, EXECUTE,"
    " CREATE TEMPORARY TABLES, CREATE VIEW, SHOW VIEW, CREATE ROUTINE, ALTER ROUTINE, TRIGGER"
)


def write_first_grants(builder: Login) -> str:
    """Write what makes the users of a new data folder; its builder is who learner code will be.

    So what the lab defines, such as a trigger, runs as one who stays.
    """
    learner, checker = _name(LEARNER), _name(CHECKER)
    return _join(
        "DELETE FROM mysql.global_priv WHERE User <> 'mariadb.sys'",
        "FLUSH PRIVILEGES",
        f"CREATE DATABASE {DATABASE}",
        f"CREATE USER {learner} IDENTIFIED BY '{builder.password}'",
        f"CREATE USER {checker} ACCOUNT LOCK",
        f"GRANT {_RIGHTS} ON {DATABASE}.* TO {learner}",
        f"GRANT {_RIGHTS} ON {DATABASE}.* TO {checker}",
        # To see which sessions there are, and end those of the learner's; to read what ran.
        f"GRANT PROCESS, CONNECTION ADMIN ON *.* TO {checker}",
        f"GRANT SELECT ON mysql.general_log TO {checker}",
    )


def write_grants(learner: Login, checker: Login, sessions: int) -> str:
    """Write what lets the users of one check in."""
    bound = f"WITH MAX_USER_CONNECTIONS {sessions}"
    return _join(
        f"ALTER USER {_name(learner.role)} IDENTIFIED BY '{learner.password}' {bound}",
        f"ALTER USER {_name(checker.role)} IDENTIFIED BY '{checker.password}' ACCOUNT UNLOCK",
    )


def _name(role: str) -> str:
    return f"'{role}'@'localhost'"


def _join(*statements: str) -> str:
    return "".join(f"{statement};\n" for statement in statements)
