"""Addresses under /cong-khai/."""

from django.urls import path

from disclosure import views

app_name = "disclosure"
urlpatterns = [
    path("", views.board, name="board"),
    path("<slug:slug>/", views.duty, name="duty"),
]
