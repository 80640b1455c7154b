"""Where to write the names in a scatter plot so that they cover neither each other nor the points. In pixels; no randomness."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

CHARACTER, LINE = 6.6, 13.0
"""Assumed size of a character at 12 px: a little wide for common fonts, since the reader's own is unknown."""

_RADII = (9, 16, 24, 34, 46, 60, 78, 100, 126, 156)
_DIRECTIONS = 16


class Box(NamedTuple):
    """A rectangle from its lower left to its upper right corner."""

    left: float
    bottom: float
    right: float
    top: float

    def overlap(self, other: Box) -> float:
        """Return the area that two boxes share."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.top, other.top) - max(self.bottom, other.bottom)
        return width * height if width > 0 and height > 0 else 0.0

    def within(self, other: Box) -> bool:
        """Tell whether this box lies inside another."""
        return self.left >= other.left and self.right <= other.right and self.bottom >= other.bottom and self.top <= other.top


class Label(NamedTuple):
    """A placed name: its box, and whether it is so far from its point that a line should join them."""

    box: Box
    joined: bool


def place(points: Sequence[tuple[float, float]], names: Sequence[str], frame: Box, obstacles: Sequence[Box]) -> list[Label]:
    """Place one name per point within the frame, in the order given. `obstacles` are best left free: interval arms, other words.

    Each name takes the cheapest of 160 places around its point. Covering a name or a point costs far more than distance or
    covering an arm, so names part as long as there is room anywhere near.
    """
    dots = [Box(x - 6, y - 6, x + 6, y + 6) for x, y in points]
    placed: list[Label] = []
    for (x, y), name in zip(points, names, strict=True):
        best: tuple[float, Box, bool] | None = None
        for radius, box in _candidates(x, y, CHARACTER * len(name)):
            if not box.within(frame):
                continue
            cost = float(radius)
            cost += 100 * sum(box.overlap(other.box) for other in placed)
            cost += 20 * sum(box.overlap(dot) for dot in dots)
            cost += 0.8 * sum(box.overlap(obstacle) for obstacle in obstacles)
            if best is None or cost < best[0]:
                best = (cost, box, radius > _RADII[1])
        # A name wider than the whole frame fits nowhere; it then begins at its point.
        _, box, joined = best or (0.0, Box(x, y, x + CHARACTER * len(name), y + LINE), False)
        placed.append(Label(box, joined))
    return placed


def _candidates(x: float, y: float, width: float) -> Iterator[tuple[int, Box]]:
    for radius in _RADII:
        for step in range(_DIRECTIONS):
            angle = 2 * math.pi * step / _DIRECTIONS
            across, up = math.cos(angle), math.sin(angle)
            # The text begins at the point's right, ends at its left, and is centred above and below it.
            left = x + radius * across - width * (1 - across) / 2
            bottom = y + radius * up - LINE * (1 - up) / 2
            yield radius, Box(left, bottom, left + width, bottom + LINE)
