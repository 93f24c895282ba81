import sys

from book import Book
from orders import LimitOrder, MarketError, MarketOrder, OrderRefused, WholeOrder


def run_line(book, line):
    words = line.split()
    try:
        if words[0] == "limit":
            _, name, side, quantity, price = words
            return book.place(LimitOrder(name, side, int(quantity), int(price)))
        if words[0] == "whole":
            _, name, side, quantity, price = words
            return book.place(WholeOrder(name, side, int(quantity), int(price)))
        if words[0] == "market":
            _, name, side, quantity = words
            return book.place(MarketOrder(name, side, int(quantity)))
        if words[0] == "cancel":
            _, name = words
            book.cancel(name)
            return []
    except ValueError:
        raise OrderRefused(f"I don't understand {line!r}.")
    raise OrderRefused(f"I don't know the word {words[0]!r}.")


def main():
    if len(sys.argv) < 2:
        print("Which file? Run: python main.py orders.txt", file=sys.stderr)
        sys.exit(2)
    try:
        with open(sys.argv[1]) as file:
            lines = file.readlines()
    except OSError as error:
        print(f"I can't read {sys.argv[1]}: {error}", file=sys.stderr)
        sys.exit(2)
    book = Book()
    code = 0
    for i, line in enumerate(lines):
        if line.strip() == "":
            continue
        try:
            for trade in run_line(book, line):
                print(f"{trade['seller']} -> {trade['buyer']}: {trade['quantity']} at {trade['price']}")
        except MarketError as error:
            print(f"line {i + 1}: {error}", file=sys.stderr)
            code = 1
    sys.exit(code)


if __name__ == "__main__":
    main()
