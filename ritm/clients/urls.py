"""Urls of the clients room."""

from __future__ import annotations

from django.urls import path

from ritm.clients.views import edit, list, page

app_name = "clients"
urlpatterns = [
    path("clients/", list.clients, name="list"),
    path("clients/conditions/<slug:key>/", list.condition, name="condition"),
    path("clients/new/", edit.new, name="new"),
    path("clients/<int:client_id>/", page.client, name="page"),
    path("clients/<int:client_id>/moments/", page.moments, name="moments"),
    path("clients/<int:client_id>/identity/", page.identity, name="identity"),
    path("clients/<int:client_id>/fields/<slug:name>/", edit.field, name="field"),
    path("clients/<int:client_id>/owner/", edit.owner, name="owner"),
    path("clients/<int:client_id>/parts/<slug:kind>/", edit.part, name="new_part"),
    path("clients/<int:client_id>/parts/<slug:kind>/<int:part_id>/", edit.part, name="part"),
    path("clients/<int:client_id>/parts/<slug:kind>/<int:part_id>/remove/", edit.remove_part, name="remove_part"),
    path("clients/<int:client_id>/archive/", edit.archive, name="archive"),
    path("clients/<int:client_id>/undo/<int:entry_id>/", edit.undo, name="undo"),
]
