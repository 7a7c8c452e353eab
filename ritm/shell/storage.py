"""Static files with hashed names, ES module imports included."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Hashes names and rewrites `import … from "./x.js"` too, so that every file may be cached for ever."""

    support_js_module_import_aggregation = True
