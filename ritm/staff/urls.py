"""Urls of the staff room."""

from __future__ import annotations

from django.urls import path

from ritm.staff.views import front

app_name = "staff"
urlpatterns = [
    path("sign-in/", front.sign_in, name="sign_in"),
    path("sign-in/code/", front.code, name="code"),
    path("sign-in/forgot/", front.forgot, name="forgot"),
    path("sign-in/new-password/<str:who>/", front.new_password, name="new_password"),
    path("sign-in/new-password/<str:who>/<str:token>/", front.password_letter, name="password_letter"),
    path("sign-out/", front.sign_out, name="sign_out"),
    path("invitation/<str:token>/", front.accept, name="accept"),
    path("prefer/", front.prefer, name="prefer"),
    path("switch/", front.switch, name="switch"),
]
