"""Print a reminder for every invoice that is overdue."""

import sys

GRACE_DAYS = 14


def is_overdue(days):
    return days > GRACE_DAYS


for line in sys.stdin:
    name, days = line.split()
    if is_overdue(int(days)):
        print(f"Dear {name}, {days} days!")
