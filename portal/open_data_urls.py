"""Addresses under /api/."""

from django.urls import path

from portal import open_data_views as views

app_name = "open_data"
urlpatterns = [
    path("", views.home, name="home"),
    path("openapi.json", views.document, name="document"),
    path("<slug:name>/", views.record, name="record"),
    path("<slug:name>.json", views.items, name="items"),
    path("<slug:name>.csv", views.csv, name="csv"),
    path("<slug:name>/<str:key>.json", views.item, name="item"),
    path("<path:rest>", views.nothing_here, name="nothing_here"),
]
