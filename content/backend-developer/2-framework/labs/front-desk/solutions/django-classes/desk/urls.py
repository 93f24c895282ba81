"""Addresses of the front desk."""

from django.urls import path

from desk import views

urlpatterns = [
    path("rooms", views.RoomList.as_view()),
    path("rooms/free", views.FreeRoom.as_view()),
    path("rooms/<int:number>", views.RoomDetail.as_view(), name="room"),
    path("r/<int:number>", views.Sign.as_view()),
    path("stays", views.StayList.as_view()),
    path("stays/<uuid:stay_id>", views.StayDetail.as_view(), name="stay"),
    path("stays/<uuid:stay_id>/keys", views.Keys.as_view()),
    path("found", views.FindList.as_view()),
    path("found/<uuid:find_id>", views.FindDetail.as_view(), name="find"),
    path("found/<uuid:find_id>/photo", views.Photo.as_view(), name="photo"),
]
