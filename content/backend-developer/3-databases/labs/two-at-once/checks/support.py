"""What checks of several tasks use: the club's accounts, and what stands in the way of a request.

A rival is a session that does its work in one transaction and commits when the learner's code is stuck on it: so what
happens in between two statements is decided by the check, and no race is won or lost by luck.
"""

MEMBERS = 6
NAMES = "Ada Bram Cleo Dirk Elin Faro".split()

# Ends transactions the way PostgreSQL does so that another can go on, as often as the table says. A sequence counts,
# since what it gave out is not undone with the transaction.
REFUSALS = """
    CREATE SEQUENCE tries;
    CREATE TABLE refusals (on_table text PRIMARY KEY, times integer NOT NULL, code text NOT NULL);
    INSERT INTO refusals VALUES ('entries', 0, ''), ('accounts', 0, '');
    GRANT ALL ON SEQUENCE tries TO PUBLIC;
    GRANT ALL ON TABLE refusals TO PUBLIC;
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        wanted public.refusals;
    BEGIN
        SELECT * INTO wanted FROM public.refusals WHERE on_table = TG_TABLE_NAME;
        IF wanted.times > 0 AND nextval('public.tries') <= wanted.times THEN
            RAISE EXCEPTION 'ended so that another transaction can go on' USING ERRCODE = wanted.code;
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER refuse BEFORE INSERT ON entries FOR EACH STATEMENT EXECUTE FUNCTION refuse();
    CREATE TRIGGER refuse BEFORE UPDATE ON accounts FOR EACH STATEMENT EXECUTE FUNCTION refuse();
"""


def seed(connection, random):
    """Give each member two accounts, with an entry for what is in them."""
    for member, name in enumerate(NAMES, start=1):
        connection.execute("INSERT INTO members VALUES (%s, %s)", [member, name])
        for account in (member, member + MEMBERS):
            amount = random.randint(200, 900)
            connection.execute("INSERT INTO accounts VALUES (%s, %s, %s)", [account, member, amount])
            connection.execute("INSERT INTO entries (account_id, amount) VALUES (%s, %s)", [account, amount])


def pick(random, count):
    """Pick accounts of different members, in no order."""
    return random.sample(range(1, MEMBERS + 1), count)


def balances(postgres, *accounts):
    """Read the balances of accounts."""
    found = dict(postgres.rows("SELECT id, balance FROM accounts", shown=False))
    return [found.get(each) for each in accounts]


def booked(postgres, *accounts):
    """Add up the entries of accounts."""
    found = dict(postgres.rows("SELECT account_id, sum(amount)::integer FROM entries GROUP BY 1", shown=False))
    return [found.get(each, 0) for each in accounts]


def refuse(postgres, table, *, times, code):
    """From now on, have the database end so many transactions where they write into a table."""
    postgres.execute("UPDATE refusals SET code = %s, times = CASE on_table WHEN %s THEN %s ELSE 0 END", [code, table, times])
    postgres.rows("SELECT setval('tries', 1, false)", shown=False)


def change(rival, account, amount):
    """Let a rival pay into an account, or take out of it, as the club's other programs do."""
    rival.execute("UPDATE accounts SET balance = balance + %s WHERE id = %s", [amount, account])
    rival.execute("INSERT INTO entries (account_id, amount) VALUES (%s, %s)", [account, amount])
