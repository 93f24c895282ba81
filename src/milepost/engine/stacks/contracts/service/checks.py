"""What every stack's server has to do, whatever its language.

`GET /count` returns `{"count": 1}`, then 2, and so on, and prints `counted 1`, … on a line each.
Any other address is not found.
"""

from milepost.engine.checks import check
from milepost.engine.checks.service import Service


@check(task="service", objectives=["service"])
def test_answers(service: Service) -> None:
    answer = service.get("/count")

    assert answer.status_code == 200  # noqa: PLR2004
    assert answer.json() == {"count": 1}
    assert service.get("/nothing-here").status_code == 404  # noqa: PLR2004


@check(task="service", objectives=["service"])
def test_memory_is_new_for_each_check_and_after_a_restart(service: Service) -> None:
    assert [service.get("/count").json()["count"] for _ in range(2)] == [1, 2]

    service.restart()
    assert service.get("/count").json() == {"count": 1}


@check(task="service", objectives=["service"])
def test_what_it_prints_is_there_at_once(service: Service) -> None:
    service.get("/count")

    assert "counted 1\n" in service.logs
