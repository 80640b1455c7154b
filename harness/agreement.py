"""Where metrics disagree: how alike they rank the extractors, and the pages that they judge most differently."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np

from harness.resample import Floats
from harness.stats import Cells, Correlation, Disagreement, Row, page_figures

FEWEST_EXTRACTORS = 3
"""Two extractors are ranked the same or the other way round: there is nothing to correlate."""
_SHOWN = 5


def correlations(table: Sequence[Row], ranked: Sequence[str]) -> list[Correlation]:
    """Return the rank correlations of every two metrics over the extractors that compete, by their F1 on all pages.

    The metrics keep their order in `table`; one without figures is left out. Empty under three extractors. NaN where a metric gives all
    of them the same F1, as scipy has it.
    """
    if len(ranked) < FEWEST_EXTRACTORS:
        return []
    figures: dict[str, dict[str, float]] = {}
    for row in table:
        if row.slice == "all" and row.f1 is not None:
            figures.setdefault(row.metric, {})[row.extractor] = row.f1
    # Rounded, so that figures that differ only in their last bits are ties.
    values = {metric: np.round([by_name[name] for name in ranked], 12) for metric, by_name in figures.items()}
    return [
        Correlation(first, second, spearman(values[first], values[second]), kendall(values[first], values[second]), len(ranked))
        for first, second in combinations(values, 2)
    ]


def spearman(x: Floats, y: Floats) -> float:
    """Return Spearman's rho, Pearson's correlation of the ranks, ties sharing their mean rank; NaN where all of one are equal."""
    return _cosine(*(ranks - ranks.mean() for ranks in (_signs(values).sum(axis=0) / 2 for values in (x, y))))


def kendall(x: Floats, y: Floats) -> float:
    """Return Kendall's tau-b (Kendall 1945, doi:10.1093/biomet/33.3.239); NaN where all of one are equal."""
    return _cosine(_signs(x), _signs(y))


def _signs(values: Floats) -> Floats:
    """Return how each two values compare, −1, 0 or 1. Half a column's sum is, but for a constant, the value's mean rank."""
    return np.sign(values[None, :] - values[:, None])


def _cosine(x: Floats, y: Floats) -> float:
    norm = float(np.sqrt(np.sum(x * x) * np.sum(y * y)))
    return float(np.sum(x * y)) / norm if norm else float("nan")


def disagreements(found: Mapping[str, Cells], headline: str, ranked: Sequence[str]) -> list[Disagreement]:
    """Return for each other metric the five pages whose F1 differs most from the headline's, most first.

    A page is named once, with the competing extractor for which the two metrics are furthest apart; pages that only one of them covers
    are passed over.
    """
    if headline not in found or not ranked:
        return []
    return [
        row
        for metric, other in found.items()
        if metric != headline
        for row in _furthest(headline, found[headline].of(ranked), metric, other.of(ranked))
    ]


def _furthest(first: str, one: Cells, second: str, other: Cells) -> list[Disagreement]:
    shared = sorted(set(one.pages) & set(other.pages))
    if not shared:
        return []
    mine, theirs = (page_figures(cells)[2][:, [cells.pages.index(page) for page in shared]] for cells in (one, other))
    # Rounded, so that the last bits of arithmetic do not decide an order.
    gaps = np.round(np.nan_to_num(np.abs(mine - theirs)), 12)
    widest = gaps.argmax(axis=0)
    order = sorted(range(len(shared)), key=lambda page: (-gaps[widest[page], page], shared[page]))
    return [
        Disagreement(shared[page], one.extractors[i], first, second, float(mine[i, page]), float(theirs[i, page]))
        for page in order[:_SHOWN]
        if gaps[i := int(widest[page]), page] > 0
    ]
