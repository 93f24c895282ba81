"""Ten checks of one request and one row each, so that what is measured is the way there and back."""

from milepost.engine.checks import check


@check(task="store", objectives=["services.rows"])
def test_row_one(service, postgres, random):
    """Row one is stored"""
    word = f"word-{random.randrange(1_000_000)}"
    answer = service.post("/words", json={"word": word})

    assert answer.status_code == 201, "Your service did not say with 201 that a row was made"
    assert postgres.rows("SELECT word FROM words") == [(word,)], (
        "Your service answered, but the word is no row of `words`. Store it before you answer"
    )


@check(task="store", objectives=["services.rows"])
def test_row_two(service, postgres, random):
    """Row two is stored"""
    word = f"word-{random.randrange(1_000_000)}"
    answer = service.post("/words", json={"word": word})

    assert answer.status_code == 201, "Your service did not say with 201 that a row was made"
    assert postgres.rows("SELECT word FROM words") == [(word,)], (
        "Your service answered, but the word is no row of `words`. Store it before you answer"
    )


@check(task="store", objectives=["services.rows"])
def test_row_three(service, postgres, random):
    """Row three is stored"""
    word = f"word-{random.randrange(1_000_000)}"
    answer = service.post("/words", json={"word": word})

    assert answer.status_code == 201, "Your service did not say with 201 that a row was made"
    assert postgres.rows("SELECT word FROM words") == [(word,)], (
        "Your service answered, but the word is no row of `words`. Store it before you answer"
    )


@check(task="store", objectives=["services.rows"])
def test_row_four(service, postgres, random):
    """Row four is stored"""
    word = f"word-{random.randrange(1_000_000)}"
    answer = service.post("/words", json={"word": word})

    assert answer.status_code == 201, "Your service did not say with 201 that a row was made"
    assert postgres.rows("SELECT word FROM words") == [(word,)], (
        "Your service answered, but the word is no row of `words`. Store it before you answer"
    )


@check(task="store", objectives=["services.rows"])
def test_row_five(service, postgres, random):
    """Row five is stored"""
    word = f"word-{random.randrange(1_000_000)}"
    answer = service.post("/words", json={"word": word})

    assert answer.status_code == 201, "Your service did not say with 201 that a row was made"
    assert postgres.rows("SELECT word FROM words") == [(word,)], (
        "Your service answered, but the word is no row of `words`. Store it before you answer"
    )


@check(task="store", objectives=["services.rows"])
def test_row_six(service, postgres, random):
    """Row six is stored"""
    word = f"word-{random.randrange(1_000_000)}"
    answer = service.post("/words", json={"word": word})

    assert answer.status_code == 201, "Your service did not say with 201 that a row was made"
    assert postgres.rows("SELECT word FROM words") == [(word,)], (
        "Your service answered, but the word is no row of `words`. Store it before you answer"
    )


@check(task="store", objectives=["services.rows"])
def test_row_seven(service, postgres, random):
    """Row seven is stored"""
    word = f"word-{random.randrange(1_000_000)}"
    answer = service.post("/words", json={"word": word})

    assert answer.status_code == 201, "Your service did not say with 201 that a row was made"
    assert postgres.rows("SELECT word FROM words") == [(word,)], (
        "Your service answered, but the word is no row of `words`. Store it before you answer"
    )


@check(task="store", objectives=["services.rows"])
def test_row_eight(service, postgres, random):
    """Row eight is stored"""
    word = f"word-{random.randrange(1_000_000)}"
    answer = service.post("/words", json={"word": word})

    assert answer.status_code == 201, "Your service did not say with 201 that a row was made"
    assert postgres.rows("SELECT word FROM words") == [(word,)], (
        "Your service answered, but the word is no row of `words`. Store it before you answer"
    )


@check(task="store", objectives=["services.rows"])
def test_row_nine(service, postgres, random):
    """Row nine is stored"""
    word = f"word-{random.randrange(1_000_000)}"
    answer = service.post("/words", json={"word": word})

    assert answer.status_code == 201, "Your service did not say with 201 that a row was made"
    assert postgres.rows("SELECT word FROM words") == [(word,)], (
        "Your service answered, but the word is no row of `words`. Store it before you answer"
    )


@check(task="store", objectives=["services.rows"])
def test_row_ten(service, postgres, random):
    """Row ten is stored"""
    word = f"word-{random.randrange(1_000_000)}"
    answer = service.post("/words", json={"word": word})

    assert answer.status_code == 201, "Your service did not say with 201 that a row was made"
    assert postgres.rows("SELECT word FROM words") == [(word,)], (
        "Your service answered, but the word is no row of `words`. Store it before you answer"
    )
