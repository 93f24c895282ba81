"""What a late check-out costs."""

FREE_UNTIL = 12
EUROS_AN_HOUR = 10


def late_fee(hour):
    return max(0, hour - FREE_UNTIL) * EUROS_AN_HOUR
