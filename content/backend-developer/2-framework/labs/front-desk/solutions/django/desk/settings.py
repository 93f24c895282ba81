"""Settings of the front desk: those of a new project, without a database."""

from pathlib import Path

SECRET_KEY = "signs nothing here"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "desk.urls"
# Without CsrfViewMiddleware: nobody signs in here, so no form can be sent in somebody's name.
MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "templates"],
    }
]
USE_TZ = True
