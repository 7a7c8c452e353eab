"""Urls of the retention room."""

from __future__ import annotations

from django.urls import path

from ritm.retention import backtest_views, views

app_name = "retention"
urlpatterns = [
    path("clients/<int:client_id>/rhythm/", views.rhythm, name="rhythm"),
    path("clients/<int:client_id>/excuse/", views.excuse, name="excuse"),
    path("slipping/", views.slipping, name="slipping"),
    path("office/zones/", views.policy, name="policy"),
    path("office/zones/<int:version>/take-back/", views.take_back, name="take_back"),
    path("office/feeds/<slug:feed>/accept/", views.accept_silence, name="accept_silence"),
    path("office/feeds/<slug:feed>/doubt/", views.doubt_silence, name="doubt_silence"),
    path("office/zones/try/", backtest_views.try_policy, name="try_policy"),
    path("office/zones/rhythm/", backtest_views.rhythm_rule, name="rhythm_rule"),
    path("office/zones/rhythm/try/", backtest_views.try_rhythm, name="try_rhythm"),
    path("office/zones/backtests/", backtest_views.index, name="backtests"),
    path("office/zones/backtests/<int:backtest_id>/", backtest_views.backtest, name="backtest"),
    path("office/zones/backtests/<int:backtest_id>/rows/", backtest_views.rows, name="backtest_rows"),
    path("exchange/", views.exchange, name="exchange"),
    path("exchange/<int:client_id>/", views.look, name="look"),
    path("exchange/<int:client_id>/claim/", views.claim, name="claim"),
]
