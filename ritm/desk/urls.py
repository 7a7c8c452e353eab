"""Urls of the desk."""

from __future__ import annotations

from django.urls import path

from ritm.desk.views import excused, flow, handover, home, notices, pace, resets, today

app_name = "desk"
urlpatterns = [
    path("", home.home, name="home"),
    path("team/pace/", pace.pace, name="pace"),
    path("team/flow/", flow.flow, name="flow"),
    path("team/flow/rows/", flow.rows, name="flow_rows"),
    path("team/excused/", excused.report, name="excused"),
    path("team/excused/rows/", excused.rows, name="excused_rows"),
    path("team/<int:employee_id>/hand-over/", handover.handover, name="handover"),
    path("conversations/without-consequence/", resets.report, name="resets"),
    path("conversations/without-consequence/rows/", resets.rows, name="reset_rows"),
    path("notices/", notices.notices, name="notices"),
    path("notices/bell/", notices.bell, name="bell"),
    path("notices/read/", notices.read, name="read_notices"),
    path("notices/wishes/", notices.wishes, name="notice_wishes"),
    path("today/", today.today, name="today"),
    path("today/<int:client_id>/result/", today.result, name="result"),
    path("today/<int:client_id>/snooze/", today.snooze, name="snooze"),
    path("today/undo/<int:pk>/", today.undo, name="undo"),
]
