"""The library: books that guests borrow."""

from house.guests import on_check_out
from wings.library import loans
from wings.library.routes import router as router

TITLE = "The library"
on_check_out.append(loans.return_books)
