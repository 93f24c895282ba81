"""How much of a verification is done at once: as much as there are cores, more while they idle."""

import asyncio

import pytest

from milepost.labs.verification.side_by_side import AT_ONCE, Idleness, read_ticks, side_by_side


class Machine:
    """A machine of four cores, by its clock and its ticks: `pass_time` says how many idled."""

    def __init__(self):
        self.now, self.idle, self.total = 100.0, 1000, 5000

    def pass_time(self, seconds, idle_cores):
        self.now += seconds
        self.idle += round(100 * seconds * idle_cores)
        self.total += round(400 * seconds)

    def watch(self, seconds_a_look=0, idle_cores=0):
        def read():
            self.pass_time(seconds_a_look, idle_cores)
            return self.idle, self.total

        def tell_time():
            self.now += seconds_a_look
            return self.now

        return Idleness(read, tell_time, cores=4)


@pytest.fixture
def machine():
    return Machine()


def test_an_idle_core_is_taken_once_until_it_shows_what_came_of_it(machine):
    cores = machine.watch()
    assert not cores.take()  # nothing is known yet

    machine.pass_time(1.5, idle_cores=2)
    assert cores.take()
    assert not cores.take()

    machine.pass_time(1.5, idle_cores=1)
    assert cores.take()


def test_busy_cores_are_not_taken(machine):
    cores = machine.watch()

    machine.pass_time(2, idle_cores=0.5)

    assert not cores.take()
    # What was before does not count any more.
    machine.pass_time(2, idle_cores=0.9)
    assert cores.take()


def test_where_the_kernel_tells_nothing_no_core_idles():
    now = [0.0]
    cores = Idleness(lambda: None, lambda: now[0], cores=4)

    now[0] = 5.0

    assert not cores.take()


def test_the_kernel_tells_ticks_that_grow():
    idle, total = read_ticks()

    assert 0 < idle < total


class Counter:
    """Work that notes how much of it there is at once."""

    def __init__(self):
        self.now = self.most = 0

    async def work(self, item):
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0.02)
        self.now -= 1
        return -item


async def test_results_come_in_the_order_of_the_items_and_no_more_at_once_than_cores():
    counter = Counter()
    items = list(range(5 * AT_ONCE))

    assert await side_by_side(items, counter.work) == [-item for item in items]
    assert counter.most == AT_ONCE


@pytest.mark.parametrize(("idle_cores", "most"), [(4, 2 * AT_ONCE), (0, AT_ONCE)])
async def test_while_cores_idle_twice_as_much_is_done(machine, idle_cores, most):
    counter = Counter()
    cores = machine.watch(seconds_a_look=2, idle_cores=idle_cores)
    items = list(range(10 * AT_ONCE))

    assert await side_by_side(items, counter.work, cores) == [-item for item in items]
    assert counter.most == most


async def test_nothing_waits_on_where_all_is_begun_or_something_fails():
    async def fail(_):
        raise ValueError("it does not work")

    async with asyncio.timeout(5):
        assert await side_by_side([], fail, Idleness()) == []
        with pytest.raises(ValueError, match="does not work"):
            await side_by_side([1, 2, 3], fail, Idleness())
