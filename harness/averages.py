"""How pages make a mean: what adds up over pages, and the precision, recall and F1 of such sums. A metric's `AVERAGE` names one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from harness.resample import Figures, Floats

Ratios = Callable[[Floats, Floats, Floats], tuple[Floats, Floats, Floats]]
"""Pages' hits, predicted and expected things → their precision, recall and F1, arrays of one shape; NaN leaves a page out of that mean."""


@dataclass(frozen=True, slots=True)
class Average:
    """`terms` makes of counts and of ratios, both of shape (3, extractors, pages), terms of shape (terms, extractors, pages).

    They add up over pages; `figures` turns such sums into precision, recall and F1.
    """

    terms: Callable[[Floats, Floats], Floats]
    figures: Figures


def page_ratios(hits: Floats, predicted: Floats, expected: Floats) -> tuple[Floats, Floats, Floats]:
    """Return pages' precision, recall and F1 by the rules of `Counts` for empty cases."""
    right = np.where((predicted == 0) & (expected == 0), 1.0, 0.0)
    both = (predicted > 0) & (expected > 0)
    precision = np.divide(hits, predicted, out=right.copy(), where=both)
    recall = np.divide(hits, expected, out=right.copy(), where=both)
    f1 = np.divide(2 * hits, predicted + expected, out=right.copy(), where=both)
    return precision, recall, f1


def _page_terms(_: Floats, ratios: Floats) -> Floats:
    present = ~np.isnan(ratios)
    return np.concatenate([np.where(present, ratios, 0.0), present])


def _page_figures(sums: Floats) -> tuple[Floats, Floats, Floats]:
    return _share(sums, 0, 3), _share(sums, 1, 4), _share(sums, 2, 5)


def _ratio_terms(counts: Floats, ratios: Floats) -> Floats:
    answered, wanted = counts[1] > 0, counts[2] > 0
    return np.stack([np.where(answered, ratios[0], 0.0), answered, np.where(wanted, ratios[1], 0.0), wanted])


def _ratio_figures(sums: Floats) -> tuple[Floats, Floats, Floats]:
    precision, recall = _share(sums, 0, 1), _share(sums, 2, 3)
    return precision, recall, _divided(2 * precision * recall, precision + recall)


def _pool_terms(counts: Floats, _: Floats) -> Floats:
    return counts


def _pool_figures(sums: Floats) -> tuple[Floats, Floats, Floats]:
    hits, predicted, expected = (sums[..., term, :] for term in range(3))
    return _divided(hits, predicted), _divided(hits, expected), _divided(2 * hits, predicted + expected)


def _share(sums: Floats, part: int, whole: int) -> Floats:
    return _divided(sums[..., part, :], sums[..., whole, :])


def _divided(numerator: Floats, denominator: Floats) -> Floats:
    return np.divide(numerator, denominator, out=np.zeros_like(numerator), where=denominator > 0)


AVERAGES: Mapping[str, Average] = {
    "page": Average(_page_terms, _page_figures),
    "ratio": Average(_ratio_terms, _ratio_figures),
    "pool": Average(_pool_terms, _pool_figures),
}
