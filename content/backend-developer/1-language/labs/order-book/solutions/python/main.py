"""Read a Saturday's orders, and print the trades.

Run it:  python main.py orders.txt
"""

import sys

from book import Book
from orders import LimitOrder, MarketError, MarketOrder, OrderRefused, WholeOrder

KINDS = {"limit": LimitOrder, "market": MarketOrder, "whole": WholeOrder}
PARTS = {"limit": 4, "market": 3, "whole": 4, "cancel": 1}


def read_number(text):
    """Return the number that a text shows."""
    try:
        return int(text)
    except ValueError:
        raise OrderRefused(f"{text!r} is no whole number.") from None


def carry_out(line, book):
    """Do what a line says; return the trades that came of it."""
    word, *parts = line.split()
    if len(parts) != PARTS.get(word):
        raise OrderRefused(f"{line!r} is no order. Write, for example: limit ida buy 10 250")
    if word == "cancel":
        book.cancel(*parts)
        return []
    name, side, *numbers = parts
    return book.place(KINDS[word](name, side, *map(read_number, numbers)))


def trade_all(lines):
    """Carry out all lines, print what was traded and what went wrong; return the exit code."""
    book = Book()
    exit_code = 0
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            trades = carry_out(line.strip(), book)
        except MarketError as error:
            print(f"line {number}: {error}", file=sys.stderr)
            exit_code = 1
            continue
        for trade in trades:
            print("{seller} -> {buyer}: {quantity} at {price}".format(**trade))
    return exit_code


def main(arguments):
    try:
        with open(arguments[0], encoding="utf-8") as file:
            lines = file.read().splitlines()
    except (IndexError, OSError) as error:
        print(f"There are no orders to read: {error}. Name a file.", file=sys.stderr)
        return 2
    return trade_all(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
