"""Which book is lent, and to whom."""

lent = {}  # book -> guest


def return_books(guest, **signal):
    for book in [book for book, reader in lent.items() if reader == guest]:
        del lent[book]
