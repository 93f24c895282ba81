"""Settings of the hotel's service: the hotel's own from the environment, and Django's."""

import os
import sys


def read_settings(environment):
    """Return the hotel's settings; end the start with a sentence where something does not fit."""
    name = environment.get("HOTEL_NAME", "")
    closed = environment.get("CLOSED", "false")
    limit = environment.get("BODY_LIMIT", "10000")
    level = environment.get("LOG_LEVEL", "info")
    fits = {
        "HOTEL_NAME": name != "",
        "CLOSED": closed in ("true", "false"),
        "BODY_LIMIT": limit.isdecimal() and 1 <= int(limit) <= 1_000_000,
        "LOG_LEVEL": level in ("info", "error"),
    }
    wrong = [variable for variable, is_right in fits.items() if not is_right]
    if wrong:
        sys.exit(f"The hotel can't open. Check these settings: {', '.join(wrong)}")
    return {"hotel": name, "closed": closed == "true", "body_limit": int(limit), "log_level": level}


HOTEL = read_settings(os.environ)

SECRET_KEY = "signs nothing here"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "house.urls"
# The outermost first. Without CsrfViewMiddleware: nobody signs in here, so no request can be sent
# in somebody's name.
MIDDLEWARE = ["house.rules.give_id", "house.rules.keep_log", "house.rules.Limits", "house.rules.Errors"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000  # the hotel's own limit is at most this
USE_TZ = True
