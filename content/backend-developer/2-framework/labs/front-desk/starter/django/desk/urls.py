"""Addresses of the front desk."""

from django.urls import path

from desk import views

urlpatterns = [path("rooms", views.list_rooms)]
