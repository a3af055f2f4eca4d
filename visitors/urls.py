"""Addresses under /thong-ke-truy-cap/."""

from django.urls import path

from visitors import views

app_name = "visitors"
urlpatterns = [
    path("", views.summary, name="summary"),
    path("cach-tinh/", views.method, name="method"),
    path("theo-ngay.<slug:file_format>", views.days_file, name="days_file"),
    path("theo-thang.<slug:file_format>", views.months_file, name="months_file"),
]
