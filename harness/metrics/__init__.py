"""One file = one metric: how an answer is counted against a page's gold, and how pages make a mean.

A metric file defines `measure(case, answer) -> Measured` and `VERSION` (part of every signature and of the score cache). It may define

- `AVERAGE`: "page" (default; precision, recall and F1 are means of the pages' own), "ratio" (means of precision and recall, each over
  the pages where it is defined, and F1 of those two means) or "pool" (the pages' counts are added up first);
- `figures(hits, predicted, expected)`: the pages' precision, recall and F1 from arrays of counts, where its rules for empty texts are not
  those of `Counts`; NaN leaves a page out of that mean;
- `COVERAGE`: the kinds of gold that it applies to, default "full" and "body". Pages of other kinds have no score of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.records import Counts


@dataclass(frozen=True, slots=True)
class Measured:
    """One answer's counts under one metric. `parts` are further counts by name, for metrics that know where words come from."""

    counts: Counts
    parts: Mapping[str, int] = field(default_factory=dict)
