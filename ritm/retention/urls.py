"""Urls of the retention room."""

from __future__ import annotations

from django.urls import path

from ritm.retention import views

app_name = "retention"
urlpatterns = [
    path("clients/<int:client_id>/rhythm/", views.rhythm, name="rhythm"),
    path("slipping/", views.slipping, name="slipping"),
]
