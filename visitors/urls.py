from django.urls import path

from visitors import views

app_name = "visitors"
urlpatterns = [
    path("", views.summary, name="summary"),
    path("theo-ngay.csv", views.days_csv, name="days_csv"),
    path("theo-ngay.json", views.days_json, name="days_json"),
]
