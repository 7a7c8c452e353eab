"""Urls of the clients room."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "clients"
urlpatterns: list[URLPattern] = []
