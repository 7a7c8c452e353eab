"""Root urls: each room answers under its own word."""

from __future__ import annotations

from django.urls import include, path

from ritm.config import api

urlpatterns = [
    path("api/v1/", api.api.urls),
    path("api/docs/", api.docs, name="api_docs"),
    path("api/openapi.json", api.schema, name="openapi"),
    path("", include("ritm.shell.urls")),
    path("", include("ritm.staff.urls")),
    path("", include("ritm.journal.urls")),
    path("", include("ritm.clients.urls")),
    path("", include("ritm.trade.urls")),
    path("", include("ritm.conversations.urls")),
    path("", include("ritm.retention.urls")),
    path("", include("ritm.bridge.urls")),
    path("", include("ritm.desk.urls")),
]

handler400 = "ritm.shell.errors.bad_request"
handler403 = "ritm.shell.errors.forbidden"
handler404 = "ritm.shell.errors.not_found"
handler500 = "ritm.shell.errors.server_error"
