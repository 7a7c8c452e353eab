"""Urls of the retention room."""

from __future__ import annotations

from django.urls import path

from ritm.retention import views

app_name = "retention"
urlpatterns = [
    path("clients/<int:client_id>/rhythm/", views.rhythm, name="rhythm"),
    path("clients/<int:client_id>/excuse/", views.excuse, name="excuse"),
    path("slipping/", views.slipping, name="slipping"),
    path("office/zones/", views.policy, name="policy"),
    path("office/zones/<int:version>/take-back/", views.take_back, name="take_back"),
    path("exchange/", views.exchange, name="exchange"),
    path("exchange/<int:client_id>/", views.look, name="look"),
    path("exchange/<int:client_id>/claim/", views.claim, name="claim"),
]
