"""The boathouse: boats that guests take out."""

from house.guests import on_check_out
from wings.boats import rides
from wings.boats.routes import router as router

TITLE = "The boathouse"
on_check_out.append(rides.end_rides)
