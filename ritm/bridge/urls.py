"""Urls of the bridge room."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "bridge"
urlpatterns: list[URLPattern] = []
