from django.apps import AppConfig


class Wing(AppConfig):
    name = "wings.@NAME@"
    verbose_name = "@TITLE@"

    def ready(self):
        from house.guests import checked_out

        from . import views

        checked_out.connect(views.hear)
