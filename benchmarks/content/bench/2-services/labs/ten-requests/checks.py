"""Ten checks of one request each, so that what is measured is the way there and back."""

from milepost.engine.checks import check


@check(task="double", objectives=["services.requests"])
def test_request_one(service, random):
    """Request one is answered"""
    number = random.randrange(1, 1000)

    assert service.get(f"/double/{number}").json() == {"double": number * 2}, (
        "Your service doubled the number wrongly. Twice the number is the number twice"
    )


@check(task="double", objectives=["services.requests"])
def test_request_two(service, random):
    """Request two is answered"""
    number = random.randrange(1, 1000)

    assert service.get(f"/double/{number}").json() == {"double": number * 2}, (
        "Your service doubled the number wrongly. Twice the number is the number twice"
    )


@check(task="double", objectives=["services.requests"])
def test_request_three(service, random):
    """Request three is answered"""
    number = random.randrange(1, 1000)

    assert service.get(f"/double/{number}").json() == {"double": number * 2}, (
        "Your service doubled the number wrongly. Twice the number is the number twice"
    )


@check(task="double", objectives=["services.requests"])
def test_request_four(service, random):
    """Request four is answered"""
    number = random.randrange(1, 1000)

    assert service.get(f"/double/{number}").json() == {"double": number * 2}, (
        "Your service doubled the number wrongly. Twice the number is the number twice"
    )


@check(task="double", objectives=["services.requests"])
def test_request_five(service, random):
    """Request five is answered"""
    number = random.randrange(1, 1000)

    assert service.get(f"/double/{number}").json() == {"double": number * 2}, (
        "Your service doubled the number wrongly. Twice the number is the number twice"
    )


@check(task="double", objectives=["services.requests"])
def test_request_six(service, random):
    """Request six is answered"""
    number = random.randrange(1, 1000)

    assert service.get(f"/double/{number}").json() == {"double": number * 2}, (
        "Your service doubled the number wrongly. Twice the number is the number twice"
    )


@check(task="double", objectives=["services.requests"])
def test_request_seven(service, random):
    """Request seven is answered"""
    number = random.randrange(1, 1000)

    assert service.get(f"/double/{number}").json() == {"double": number * 2}, (
        "Your service doubled the number wrongly. Twice the number is the number twice"
    )


@check(task="double", objectives=["services.requests"])
def test_request_eight(service, random):
    """Request eight is answered"""
    number = random.randrange(1, 1000)

    assert service.get(f"/double/{number}").json() == {"double": number * 2}, (
        "Your service doubled the number wrongly. Twice the number is the number twice"
    )


@check(task="double", objectives=["services.requests"])
def test_request_nine(service, random):
    """Request nine is answered"""
    number = random.randrange(1, 1000)

    assert service.get(f"/double/{number}").json() == {"double": number * 2}, (
        "Your service doubled the number wrongly. Twice the number is the number twice"
    )


@check(task="double", objectives=["services.requests"])
def test_request_ten(service, random):
    """Request ten is answered"""
    number = random.randrange(1, 1000)

    assert service.get(f"/double/{number}").json() == {"double": number * 2}, (
        "Your service doubled the number wrongly. Twice the number is the number twice"
    )
