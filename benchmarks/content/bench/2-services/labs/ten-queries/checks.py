"""Ten checks of one query each over a row of their own, so that what is measured is the way there and back."""

from milepost.engine.checks import check


@check(task="list", objectives=["services.queries"])
def test_query_one(sql, postgres, random):
    """Query one lists the long words"""
    word = f"word-{random.randrange(1_000_000)}"
    postgres.execute("INSERT INTO words (word) VALUES (%s), ('no')", [word])

    run = sql.run("long-words.sql", letters=3)

    assert [row[0] for row in run.rows] == [word], (
        "Your query lists other words than the long ones. Compare the length with `:letters`"
    )


@check(task="list", objectives=["services.queries"])
def test_query_two(sql, postgres, random):
    """Query two lists the long words"""
    word = f"word-{random.randrange(1_000_000)}"
    postgres.execute("INSERT INTO words (word) VALUES (%s), ('no')", [word])

    run = sql.run("long-words.sql", letters=3)

    assert [row[0] for row in run.rows] == [word], (
        "Your query lists other words than the long ones. Compare the length with `:letters`"
    )


@check(task="list", objectives=["services.queries"])
def test_query_three(sql, postgres, random):
    """Query three lists the long words"""
    word = f"word-{random.randrange(1_000_000)}"
    postgres.execute("INSERT INTO words (word) VALUES (%s), ('no')", [word])

    run = sql.run("long-words.sql", letters=3)

    assert [row[0] for row in run.rows] == [word], (
        "Your query lists other words than the long ones. Compare the length with `:letters`"
    )


@check(task="list", objectives=["services.queries"])
def test_query_four(sql, postgres, random):
    """Query four lists the long words"""
    word = f"word-{random.randrange(1_000_000)}"
    postgres.execute("INSERT INTO words (word) VALUES (%s), ('no')", [word])

    run = sql.run("long-words.sql", letters=3)

    assert [row[0] for row in run.rows] == [word], (
        "Your query lists other words than the long ones. Compare the length with `:letters`"
    )


@check(task="list", objectives=["services.queries"])
def test_query_five(sql, postgres, random):
    """Query five lists the long words"""
    word = f"word-{random.randrange(1_000_000)}"
    postgres.execute("INSERT INTO words (word) VALUES (%s), ('no')", [word])

    run = sql.run("long-words.sql", letters=3)

    assert [row[0] for row in run.rows] == [word], (
        "Your query lists other words than the long ones. Compare the length with `:letters`"
    )


@check(task="list", objectives=["services.queries"])
def test_query_six(sql, postgres, random):
    """Query six lists the long words"""
    word = f"word-{random.randrange(1_000_000)}"
    postgres.execute("INSERT INTO words (word) VALUES (%s), ('no')", [word])

    run = sql.run("long-words.sql", letters=3)

    assert [row[0] for row in run.rows] == [word], (
        "Your query lists other words than the long ones. Compare the length with `:letters`"
    )


@check(task="list", objectives=["services.queries"])
def test_query_seven(sql, postgres, random):
    """Query seven lists the long words"""
    word = f"word-{random.randrange(1_000_000)}"
    postgres.execute("INSERT INTO words (word) VALUES (%s), ('no')", [word])

    run = sql.run("long-words.sql", letters=3)

    assert [row[0] for row in run.rows] == [word], (
        "Your query lists other words than the long ones. Compare the length with `:letters`"
    )


@check(task="list", objectives=["services.queries"])
def test_query_eight(sql, postgres, random):
    """Query eight lists the long words"""
    word = f"word-{random.randrange(1_000_000)}"
    postgres.execute("INSERT INTO words (word) VALUES (%s), ('no')", [word])

    run = sql.run("long-words.sql", letters=3)

    assert [row[0] for row in run.rows] == [word], (
        "Your query lists other words than the long ones. Compare the length with `:letters`"
    )


@check(task="list", objectives=["services.queries"])
def test_query_nine(sql, postgres, random):
    """Query nine lists the long words"""
    word = f"word-{random.randrange(1_000_000)}"
    postgres.execute("INSERT INTO words (word) VALUES (%s), ('no')", [word])

    run = sql.run("long-words.sql", letters=3)

    assert [row[0] for row in run.rows] == [word], (
        "Your query lists other words than the long ones. Compare the length with `:letters`"
    )


@check(task="list", objectives=["services.queries"])
def test_query_ten(sql, postgres, random):
    """Query ten lists the long words"""
    word = f"word-{random.randrange(1_000_000)}"
    postgres.execute("INSERT INTO words (word) VALUES (%s), ('no')", [word])

    run = sql.run("long-words.sql", letters=3)

    assert [row[0] for row in run.rows] == [word], (
        "Your query lists other words than the long ones. Compare the length with `:letters`"
    )
