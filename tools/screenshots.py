"""
Pictures of the guide, taken from the demo company: run Ritm, then

    .venv/bin/python tools/screenshots.py [--base http://127.0.0.1:8000] [--only today-ru]

Each is a PNG of at most 256 colours below docs/guide/pictures. The demo's e-mails and password are those that
`ritm demo` prints.
"""

from __future__ import annotations

import argparse
import base64
import shutil
import struct
import sys
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from ritm.demo.office import DOMAIN, PASSWORD  # noqa: E402

TARGET = ROOT / "docs" / "guide" / "pictures"
HEAVIEST = 150 * 1024  # bytes


@dataclass(frozen=True)
class Picture:
    """
    A page as somebody sees it. Before the picture is taken: `first` is a link of that page to follow, `fill` a control
    and what to write there.
    """

    name: str
    who: str
    path: str
    first: str = ""
    fill: tuple[str, str] | None = None
    phone: bool = False
    dark: bool = False
    height: int = 800


PICTURES = (
    Picture("today", "seller", "/today/"),
    Picture("client", "seller", "/slipping/", first=".slipping .table__name a", height=900),
    Picture("rhythm", "seller", "/slipping/", first=".slipping .table__strip a", height=560),
    Picture("exchange", "seller", "/exchange/", height=560),
    Picture("team", "head", "/", height=900),
    Picture("zones", "admin", "/office/zones/", fill=("[name=red]", "3"), height=860),
    Picture("roles", "admin", "/office/roles/", first="main .table__name a, main th a", height=640),
    Picture("phone", "seller", "/today/", phone=True),
)
LANGUAGES = ("ru", "en")
# A headless Chromium writes the date of a control the American way; a person's own writes it in his language.
DATES = """separator => document.querySelectorAll("input[type=date]").forEach(control => {
    const value = control.value.split("-").reverse().join(separator);
    control.type = "text";
    control.value = value;
})"""


def main() -> None:
    """This function will take the pictures and say how much each weighs; it fails when one is too heavy."""
    given = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    given.add_argument("--base", default="http://127.0.0.1:8000")
    given.add_argument("--only", default="")
    asked = given.parse_args()
    TARGET.mkdir(parents=True, exist_ok=True)
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    heavy = []
    with sync_playwright() as playwright:
        for language in LANGUAGES:
            browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
            for picture in PICTURES:
                name = f"{picture.name}-{language}"
                if asked.only and asked.only != name:
                    continue
                target = TARGET / f"{name}.png"
                target.write_bytes(taken(browser, asked.base, picture, language))
                weight = target.stat().st_size
                print(f"{weight // 1024:4} KB  {target.relative_to(ROOT)}")
                heavy += [name] if weight > HEAVIEST else []
            browser.close()
    if heavy:
        sys.exit(f"too heavy: {', '.join(heavy)}")


def taken(browser: Any, base: str, picture: Picture, language: str) -> bytes:
    """This function will open a page as its person, in a language, and return its picture."""
    size = {"width": 390, "height": 780} if picture.phone else {"width": 1280, "height": picture.height}
    context = browser.new_context(
        viewport=size, color_scheme="dark" if picture.dark else "light", locale=language, reduced_motion="reduce",
        has_touch=picture.phone,
    )  # fmt: skip
    page: Page = context.new_page()
    page.goto(f"{base}/sign-in/")
    page.fill("[name=email]", f"{picture.who}@{DOMAIN}")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)
    token = page.evaluate("JSON.parse(document.body.getAttribute('hx-headers'))['X-CSRFToken']")
    context.request.post(f"{base}/prefer/", form={"language": language, "csrfmiddlewaretoken": token, "next": "/"},
                         headers={"Referer": base})  # fmt: skip
    page.goto(base + picture.path)
    if picture.first:
        page.locator(picture.first).first.click()
    if picture.fill:
        page.wait_for_load_state("networkidle")
        page.fill(*picture.fill)
        page.press(picture.fill[0], "Tab")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(900)
    page.evaluate(DATES, "." if language == "ru" else "/")
    shot = page.screenshot()
    pixels = _pixels(page, shot, size["width"], size["height"])
    context.close()
    return painted(pixels)


def _pixels(page: Page, shot: bytes, width: int, height: int) -> np.ndarray:
    """The picture's colours, height × width × 3: the browser itself unpacks its PNG, on a page without a policy."""
    page.goto("about:blank")
    raw = page.evaluate(
        """async ([png, width, height]) => {
            const image = new Image();
            image.src = "data:image/png;base64," + png;
            await image.decode();
            const canvas = new OffscreenCanvas(width, height).getContext("2d");
            canvas.drawImage(image, 0, 0);
            const data = canvas.getImageData(0, 0, width, height).data;
            let text = "";
            for (let i = 0; i < data.length; i += 32768) text += String.fromCharCode(...data.subarray(i, i + 32768));
            return btoa(text);
        }""",
        [base64.b64encode(shot).decode(), width, height],
    )
    return np.frombuffer(base64.b64decode(raw), np.uint8).reshape(height, width, 4)[:, :, :3]


def painted(pixels: np.ndarray) -> bytes:
    """This function will write a PNG of the picture's 256 most useful colours, the others by their nearest."""
    height, width, _ = pixels.shape
    rough = (pixels & 0xF8).reshape(-1, 3).astype(np.int32)
    keys = rough[:, 0] << 16 | rough[:, 1] << 8 | rough[:, 2]
    colours, place, counts = np.unique(keys, return_inverse=True, return_counts=True)
    top = np.argsort(-counts)[:256]
    exact = np.zeros((len(colours), 3))
    for channel in range(3):
        exact[:, channel] = np.bincount(place, pixels.reshape(-1, 3)[:, channel], len(colours)) / counts
    palette = exact[top]
    nearest = np.empty(len(colours), np.uint8)
    for start in range(0, len(colours), 4096):
        part = exact[start : start + 4096]
        nearest[start : start + 4096] = ((part[:, None, :] - palette[None, :, :]) ** 2).sum(2).argmin(1)
    rows = np.zeros((height, width + 1), np.uint8)
    rows[:, 1:] = nearest[place].reshape(height, width)
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    colour_table = np.rint(palette).astype(np.uint8).tobytes()
    parts = ((b"IHDR", head), (b"PLTE", colour_table), (b"IDAT", zlib.compress(rows.tobytes(), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in parts
    )


if __name__ == "__main__":
    main()
