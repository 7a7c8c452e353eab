"""Urls of the conversations room."""

from __future__ import annotations

from django.urls import path

from ritm.conversations import report, views

app_name = "conversations"
urlpatterns = [
    path("clients/<int:client_id>/conversations/", views.record, name="record"),
    path("conversations/", report.by_client, name="report"),
    path("conversations/rows/", report.rows, name="rows"),
    path("conversations/<int:pk>/", views.show, name="show"),
    path("conversations/<int:pk>/edit/", views.edit, name="edit"),
    path("conversations/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("conversations/files/<int:pk>/", views.file, name="file"),
    path("conversations/files/<int:pk>/remove/", views.remove_file, name="remove_file"),
]
