"""Urls of the staff room."""

from __future__ import annotations

from django.urls import path

from ritm.staff.views import audit, calendar, employees, front, me, organisation, roles, units

app_name = "staff"
urlpatterns = [
    path("sign-in/", front.sign_in, name="sign_in"),
    path("sign-in/code/", front.code, name="code"),
    path("sign-in/forgot/", front.forgot, name="forgot"),
    path("sign-in/new-password/<str:who>/", front.new_password, name="new_password"),
    path("sign-in/new-password/<str:who>/<str:token>/", front.password_letter, name="password_letter"),
    path("open/", front.open_house, name="open_house"),
    path("sign-out/", front.sign_out, name="sign_out"),
    path("invitation/<str:token>/", front.accept, name="accept"),
    path("prefer/", front.prefer, name="prefer"),
    path("switch/", front.switch, name="switch"),
    path("me/", me.profile, name="profile"),
    path("me/security/", me.security, name="security"),
    path("me/security/sessions/<int:pk>/end/", me.end_session, name="end_session"),
    path("me/security/sessions/end-others/", me.end_others, name="end_others"),
    path("me/second-factor/", me.second_factor, name="second_factor"),
    path("me/second-factor/off/", me.second_factor_off, name="second_factor_off"),
    path("me/tokens/", me.api_tokens, name="tokens"),
    path("me/tokens/<int:pk>/revoke/", me.revoke_token, name="revoke_token"),
    path("office/", organisation.card, name="organisation"),
    path("office/units/", units.tree, name="units"),
    path("office/units/add/", units.add, name="add_unit"),
    path("office/units/<int:pk>/", units.unit, name="unit"),
    path("office/units/<int:pk>/close/", units.close, name="close_unit"),
    path("office/teams/add/", units.team, name="add_team"),
    path("office/teams/<int:pk>/", units.team, name="team"),
    path("office/teams/<int:pk>/disband/", units.disband, name="disband_team"),
    path("office/employees/", employees.people, name="employees"),
    path("office/employees/add/", employees.take_on, name="take_on"),
    path("office/employees/invite/", employees.invite, name="invite"),
    path("office/employees/<int:pk>/", employees.employee, name="employee"),
    path("office/employees/<int:pk>/away/", employees.away, name="away"),
    path("office/employees/<int:pk>/leave/", employees.leave, name="leave"),
    path("office/employees/<int:pk>/come-back/", employees.come_back, name="come_back"),
    path("office/invitations/<int:pk>/", employees.invitation, name="invitation"),
    path("office/roles/", roles.roles, name="roles"),
    path("office/roles/<int:pk>/", roles.role, name="role"),
    path("office/roles/<int:pk>/restore/", roles.restore, name="restore_role"),
    path("office/roles/<int:pk>/remove/", roles.remove, name="remove_role"),
    path("office/calendar/", calendar.year, name="calendar"),
    path("office/calendar/day/", calendar.set_day, name="set_day"),
    path("office/calendar/bring-in/", calendar.bring_in, name="bring_in_calendar"),
    path("office/audit/", audit.trail, name="audit"),
    path("office/audit/export/", audit.export, name="export_audit"),
]
