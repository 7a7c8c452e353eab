"""Urls of the trade room."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "trade"
urlpatterns: list[URLPattern] = []
