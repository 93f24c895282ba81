"""Settings of the hotel's service: those of a new project, without a database."""

SECRET_KEY = "signs nothing here"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "house.urls"
INSTALLED_APPS = []
# Without CsrfViewMiddleware: nobody signs in here, so no request can be sent in somebody's name.
MIDDLEWARE = []
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
USE_TZ = True
