"""When an invoice is overdue."""

GRACE_DAYS = 14


def is_overdue(days):
    return days > GRACE_DAYS
