"""Which boat is out, and with whom."""

taken: dict[int, int] = {}  # boat -> guest


def end_rides(guest: int) -> None:
    for boat in [boat for boat, rower in taken.items() if rower == guest]:
        del taken[boat]
