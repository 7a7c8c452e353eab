"""Urls of the shell room."""

from __future__ import annotations

from django.urls import path

from ritm.shell import views

app_name = "shell"
urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("robots.txt", views.robots, name="robots"),
    path("palette/", views.palette, name="palette"),
    path("_ui/", views.gallery, name="gallery"),
]
