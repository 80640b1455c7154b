"""A gate for an extractor's own CI: how much worse B may be than A on these very pages. It judges figures, not significance.

Pages and extractors are fixed, so a fall on them is a fact and no estimate; the interval says what it means for other pages.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from harness.compare.comparison import ALL, Comparison, LabelChange
from harness.errors import UsageError, did_you_mean
from harness.records import LABELS, UNLABELLED, class_of
from harness.summary import points

_LEAK = re.compile(r"(?P<label>[a-z-]+):(?P<points>[+-]?[0-9.]+)")
_CLUTTER = (ALL, *(label for label in (*LABELS, UNLABELLED) if class_of(label) == "clutter"))
_EQUAL = 1e-9


@dataclass(frozen=True)
class Gate:
    """Limits in points, 0–100, each for B − A: the least for mean F1 and for any page's F1, the most for leak rates by label."""

    under: float | None = None
    page: float | None = None
    leaks: Mapping[str, float] = field(default_factory=dict)

    @property
    def limits(self) -> bool:
        """Whether there is anything to judge."""
        return self.under is not None or self.page is not None or bool(self.leaks)


def gate(under: float | None, page: float | None, leaks: Sequence[str]) -> Gate:
    """Return the gate of three options as typed, leaks as in `x-nav:+2`. Raises UsageError for what is no limit."""
    for name, value in (("--fail-under", under), ("--fail-page", page)):
        # NaN is less than nothing and would let everything through.
        if value is not None and not (math.isfinite(value) and -100 <= value <= 100):
            raise UsageError(f"{name}: {value} is no number of points from -100 to 100.")
    found: dict[str, float] = {}
    for text in leaks:
        match = _LEAK.fullmatch(text)
        try:
            limit = float(match["points"]) if match else math.nan
        except ValueError:
            limit = math.nan
        if match is None or not -100 <= limit <= 100:
            raise UsageError(f"--fail-leak: {text!r} is no label with points, as in x-nav:+2.")
        if match["label"] not in _CLUTTER:
            raise UsageError(f"--fail-leak: there is no clutter label {match['label']!r}.{did_you_mean(match['label'], _CLUTTER)}")
        found[match["label"]] = limit
    return Gate(under, page, found)


def failures(limits: Gate, found: Comparison) -> list[str]:
    """Return one sentence for each limit that is broken. Raises UsageError for a label that no page has: it could never fail."""
    out: list[str] = []
    if limits.under is not None and _below(found.f1.difference, limits.under):
        out.append(
            f"Mean F1 went from {points(found.f1.a)} to {points(found.f1.b)}, {_beside(found.f1.difference, limits.under)}"
            f" where --fail-under allows {_plain(limits.under)}."
        )
    if limits.page is not None:
        fallen = [row for row in found.rows if _below(row.difference, limits.page)]
        if fallen:
            worst = fallen[0]
            state = f" ({worst.statuses[1]})" if worst.statuses[1] != "ok" else ""
            more = f"; so did {len(fallen) - 1} other{'' if len(fallen) == 2 else 's'}" if len(fallen) > 1 else ""
            out.append(
                f"Page {worst.page} went from {points(worst.a)} to {points(worst.b)}{state}, {_beside(worst.difference, limits.page)}"
                f" where --fail-page allows {_plain(limits.page)}{more}."
            )
    for label, limit in limits.leaks.items():
        rows = [row for row in found.labels if not row.lost and row.label == label]
        if not rows:
            raise UsageError(f"--fail-leak: no page here has {label}, so it could never fail. See: clutterbench list spread")
        out += [_leak(row, limit) for row in rows if _below(-row.rate.difference, -limit)]
    return out


def _leak(row: LabelChange, limit: float) -> str:
    name = "all clutter" if row.label == ALL else f"{row.label} (inferred)" if row.inferred else row.label
    return (
        f"The leak of {name} went from {points(row.rate.a)} to {points(row.rate.b)} % ({row.a:,} to {row.b:,} of {row.tokens:,} words),"
        f" {_beside(row.rate.difference, limit)} where --fail-leak allows {_plain(limit)}."
    )


def _below(difference: float, limit: float) -> bool:
    return 100 * difference < limit - _EQUAL


def _beside(difference: float, limit: float) -> str:
    """Format a difference in points with as many decimals as it takes to see that it is not the limit."""
    value = 100 * difference
    digits = next((digits for digits in (1, 2, 3, 4, 5, 6) if round(value, digits) != round(limit, digits)), 6)
    return f"{value:+.{digits}f} points".replace("-", "−")


def _plain(limit: float) -> str:
    return f"{limit:+g}".replace("-", "−")
