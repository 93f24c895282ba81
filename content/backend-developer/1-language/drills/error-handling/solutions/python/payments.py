"""Add up the payments that a partner sent."""


def total_payments(payments, rates):
    """Return what all readable payments are worth in cents, and the ids of the others."""
    total = 0
    unreadable = []
    for payment in payments:
        try:
            amount = int(payment["amount"])
        except ValueError:
            unreadable.append(payment["id"])
            continue
        total += amount * rates[payment["currency"]]  # a KeyError names what is missing
    return {"total": total, "unreadable": unreadable}
