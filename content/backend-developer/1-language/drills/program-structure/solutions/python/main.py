"""Print a reminder for every invoice that is overdue."""

import sys

from rules import is_overdue


def main():
    for line in sys.stdin:
        name, days = line.split()
        if is_overdue(int(days)):
            print(f"Dear {name}, {days} days!")


if __name__ == "__main__":
    main()
