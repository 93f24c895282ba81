"""Which book is lent, and to whom."""

lent: dict[int, int] = {}  # book -> guest


def return_books(guest: int) -> None:
    for book in [book for book, reader in lent.items() if reader == guest]:
        del lent[book]
