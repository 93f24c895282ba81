"""The addresses of the boathouse, below its name."""

from django.urls import path

from wings.boats import views

urlpatterns = [path("fleet", views.list_fleet), path("rides", views.take_boat)]
