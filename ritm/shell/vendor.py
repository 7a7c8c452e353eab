"""Browser libraries and fonts, served from the npm packages that set-up installs: these files and no others."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage, Storage

# Static name → path below node_modules.
FILES = {
    "vendor/htmx/htmx.min.js": "htmx.org/dist/htmx.min.js",
    "vendor/echarts/echarts.common.min.js": "echarts/dist/echarts.common.min.js",
    **{
        f"vendor/golos/golos-text-{subset}-wght-normal.woff2": (
            f"@fontsource-variable/golos-text/files/golos-text-{subset}-wght-normal.woff2"
        )
        for subset in ("cyrillic", "cyrillic-ext", "latin", "latin-ext")
    },
}


class _Renamed(FileSystemStorage):
    """Serves the files of npm packages under our own names."""

    def path(self, name: str) -> str:
        return str(Path(self.location) / FILES[name])


class VendorFinder(BaseFinder):
    """Finds exactly the files above."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.storage = _Renamed(location=settings.NODE_MODULES)

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        found = [self.storage.path(path)] if path in FILES and self.storage.exists(path) else []
        # Nothing is [], as Django's own finders say it: None would be taken for a path.
        return found if find_all or not found else found[0]

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterable[tuple[str, Storage]]:
        for name in FILES:
            yield name, self.storage
