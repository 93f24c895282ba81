"""Ten checks of one call each, so that what is measured is the way there and back."""

from milepost.engine.checks import check


@check(task="double", objectives=["calls.doubling"])
def test_call_one(solution, random):
    """Call one is answered"""
    number = random.randrange(1, 1000)

    assert solution.call("double", number) == number * 2, "Twice the number is the number twice"


@check(task="double", objectives=["calls.doubling"])
def test_call_two(solution, random):
    """Call two is answered"""
    number = random.randrange(1, 1000)

    assert solution.call("double", number) == number * 2, "Twice the number is the number twice"


@check(task="double", objectives=["calls.doubling"])
def test_call_three(solution, random):
    """Call three is answered"""
    number = random.randrange(1, 1000)

    assert solution.call("double", number) == number * 2, "Twice the number is the number twice"


@check(task="double", objectives=["calls.doubling"])
def test_call_four(solution, random):
    """Call four is answered"""
    number = random.randrange(1, 1000)

    assert solution.call("double", number) == number * 2, "Twice the number is the number twice"


@check(task="double", objectives=["calls.doubling"])
def test_call_five(solution, random):
    """Call five is answered"""
    number = random.randrange(1, 1000)

    assert solution.call("double", number) == number * 2, "Twice the number is the number twice"


@check(task="double", objectives=["calls.doubling"])
def test_call_six(solution, random):
    """Call six is answered"""
    number = random.randrange(1, 1000)

    assert solution.call("double", number) == number * 2, "Twice the number is the number twice"


@check(task="double", objectives=["calls.doubling"])
def test_call_seven(solution, random):
    """Call seven is answered"""
    number = random.randrange(1, 1000)

    assert solution.call("double", number) == number * 2, "Twice the number is the number twice"


@check(task="double", objectives=["calls.doubling"])
def test_call_eight(solution, random):
    """Call eight is answered"""
    number = random.randrange(1, 1000)

    assert solution.call("double", number) == number * 2, "Twice the number is the number twice"


@check(task="double", objectives=["calls.doubling"])
def test_call_nine(solution, random):
    """Call nine is answered"""
    number = random.randrange(1, 1000)

    assert solution.call("double", number) == number * 2, "Twice the number is the number twice"


@check(task="double", objectives=["calls.doubling"])
def test_call_ten(solution, random):
    """Call ten is answered"""
    number = random.randrange(1, 1000)

    assert solution.call("double", number) == number * 2, "Twice the number is the number twice"
