"""The address /tra-cuu-ho-so/."""

from django.urls import path

from procedures import lookup_views

app_name = "lookup"
urlpatterns = [path("", lookup_views.search, name="search")]
