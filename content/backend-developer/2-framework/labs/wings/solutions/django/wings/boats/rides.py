"""Which boat is out, and with whom."""

taken = {}  # boat -> guest


def end_rides(guest, **signal):
    for boat in [boat for boat, rower in taken.items() if rower == guest]:
        del taken[boat]
