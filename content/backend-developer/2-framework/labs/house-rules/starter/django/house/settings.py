"""Settings of the hotel's service: those of a new project, without a database."""

SECRET_KEY = "signs nothing here"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "house.urls"
# Without CsrfViewMiddleware: nobody signs in here, so no request can be sent in somebody's name.
MIDDLEWARE = []
USE_TZ = True
