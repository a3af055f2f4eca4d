"""Addresses of the office: its organisation chart."""

from django.urls import path

from organisation import body_views

app_name = "organisation"
urlpatterns = [
    path("co-cau-to-chuc/", body_views.chart_page, name="chart"),
    path("co-cau-to-chuc/<slug:slug>/", body_views.body, name="body"),
]
