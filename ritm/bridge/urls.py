"""Addresses of the bridge: one per step of an import."""

from django.urls import path, register_converter

from ritm.bridge import views

app_name = "bridge"


class Extension:
    """csv or xlsx."""

    regex = "csv|xlsx"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Extension, "table")

urlpatterns = [
    path("import/", views.imports, name="imports"),
    path("import/new/", views.upload, name="upload"),
    path("import/<int:pk>/", views.step, name="import"),
    path("import/<int:pk>/columns/", views.columns, name="columns"),
    path("import/<int:pk>/sheet/", views.sheet, name="sheet"),
    path("import/<int:pk>/check/", views.check, name="check"),
    path("import/<int:pk>/run/", views.run, name="run"),
    path("import/<int:pk>/report/", views.report, name="report"),
    path("import/<int:pk>/errors.<table:extension>", views.errors, name="errors"),
    path("import/<int:pk>/undo/", views.undo, name="undo"),
]
