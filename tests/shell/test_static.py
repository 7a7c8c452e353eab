"""Static files as an installation serves them: hashed names, modules that find each other, little weight."""

from __future__ import annotations

import gzip
import re

import pytest
from django.core.management import call_command
from django.test import override_settings


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    folder = tmp_path_factory.mktemp("static")
    storages = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "ritm.shell.storage.StaticFiles"},
    }
    with override_settings(STATIC_ROOT=folder, STORAGES=storages):
        call_command("collectstatic", interactive=False, verbosity=0)
    return folder


HASHED = re.compile(r"\.[0-9a-f]{12}\.(js|css)$")
LINKS = re.compile(r"""(?:^|;|\s)(?:import|export)[^"';]*["'](\.[^"']+)["']|url\(["']?([^"')]+)["']?\)""", re.MULTILINE)


def test_hashed_files_point_at_hashed_files_that_exist(collected):
    seen = 0
    for path in collected.rglob("*"):
        if not HASHED.search(path.name) or "vendor" in path.parts:
            continue
        for module, file in LINKS.findall(path.read_text()):
            target = (path.parent / (module or file)).resolve()
            assert target.exists(), f"{path.name} points at {module or file}"
            assert re.search(r"\.[0-9a-f]{12}\.", target.name), (
                f"{path.name} points at a name without its hash: {target}"
            )
            seen += 1
    assert seen >= 14  # ten modules and four fonts at least


def test_script_on_a_page_without_charts_weighs_less_than_120_kb(collected):
    scripts = [p for p in collected.rglob("*.js") if HASHED.search(p.name) and "echarts" not in p.name]
    assert sum(len(gzip.compress(p.read_bytes())) for p in scripts) < 120 * 1024


def test_no_template_or_style_breaks_the_policy():
    from pathlib import Path

    from django.apps import apps

    for config in apps.get_app_configs():
        if config.name.startswith("ritm."):
            for page in Path(config.path).rglob("templates/**/*.html"):
                text = page.read_text()
                assert not re.search(r"\sstyle=|\son\w+=\"|javascript:|hx-on|<style", text), page
                assert not re.search(r"<script(?![^>]*(?:\ssrc=|type=\"application/json\"))[^>]*>", text), page
