"""The entry of the boathouse."""

from django.apps import AppConfig


class Boats(AppConfig):
    name = "wings.boats"
    verbose_name = "The boathouse"

    def ready(self):
        from house.guests import checked_out

        from wings.boats import rides

        checked_out.connect(rides.end_rides)
