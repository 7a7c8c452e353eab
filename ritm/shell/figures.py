"""Geometry of small figures: stacked bars and sparklines. Pure: numbers in, numbers for an SVG out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

Number = Decimal | int | float


def stack(parts: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """
    This function will lay parts (dicts with `value` > 0) side by side: `x`, `width` in per cent, `share` of 1.

    Parts without a value are left out; negative ones raise ValueError.
    """
    laid = [dict(part) for part in parts if part["value"]]
    if any(part["value"] < 0 for part in laid):
        raise ValueError("a part of a bar cannot be negative")
    total = sum(float(part["value"]) for part in laid)
    x = 0.0
    for part in laid:
        part["share"] = float(part["value"]) / total
        part["x"], part["width"] = round(x * 100, 3), round(part["share"] * 100, 3)
        x += part["share"]
    return laid


def spark(values: Sequence[Number], width: int, height: int) -> dict[str, Any]:
    """
    This function will draw a small line: SVG paths `line` and `area` and the `end` point, px in `width` × `height`.

    The line starts at nought unless values go below; no values give nothing.
    """
    if not values:
        return {"line": "", "area": "", "end": None}
    numbers = [float(value) for value in values]
    low, high = min(0.0, *numbers), max(0.0, *numbers)
    span = (high - low) or 1.0
    step = (width - 6) / max(1, len(numbers) - 1)
    points = [
        (round(3 + i * step, 1), round(3 + (height - 6) * (1 - (value - low) / span), 1))
        for i, value in enumerate(numbers)
    ]
    line = "M" + "L".join(f"{x:g} {y:g}" for x, y in points)
    area = f"{line}L{points[-1][0]:g} {height}L{points[0][0]:g} {height}Z"
    return {"line": line, "area": area, "end": points[-1]}
