"""The addresses of the library, below its name."""

from django.urls import path

from wings.library import views

urlpatterns = [
    path("books/newest", views.show_newest),
    path("books/<int:number>", views.show_book),
    path("loans/<int:number>", views.lend),
]
