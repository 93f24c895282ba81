"""Addresses."""

from django.urls import path

import views

urlpatterns = [path("books", views.shelf), path("books/<str:book_id>", views.book)]
