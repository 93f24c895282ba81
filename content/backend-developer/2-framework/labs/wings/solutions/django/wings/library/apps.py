"""The entry of the library."""

from django.apps import AppConfig


class Library(AppConfig):
    name = "wings.library"
    verbose_name = "The library"

    def ready(self):
        from house.guests import checked_out

        from wings.library import loans

        checked_out.connect(loans.return_books)
