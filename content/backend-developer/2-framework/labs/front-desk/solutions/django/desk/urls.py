"""Addresses of the front desk."""

from django.urls import path

from desk import views

urlpatterns = [
    path("rooms", views.list_rooms),
    path("rooms/free", views.find_free_room),
    path("rooms/<int:number>", views.show_room, name="room"),
    path("r/<int:number>", views.follow_sign),
    path("stays", views.check_in),
    path("stays/<int:stay_id>", views.show_slip, name="slip"),
    path("stays/<int:stay_id>/keys", views.order_keys),
    path("found", views.keep_find),
    path("found/<int:find_id>", views.show_find, name="find"),
    path("found/<int:find_id>/photo", views.show_photo, name="photo"),
]
