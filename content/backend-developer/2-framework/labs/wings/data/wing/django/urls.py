from django.urls import path

from . import views

urlpatterns = [
    path("echo/<str:word>", views.echo),
    path("notes", views.note),
    path("asked", views.ask),
    path("heard", views.list_heard),
    path("broken/<int:pipe>", views.burst),
]
