"""Every two extractors compared under the headline, whose mean is over pages: differences, tests, groups, and how pages are spread."""

from __future__ import annotations

import string
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain, count

import numpy as np

from harness.averages import AVERAGES
from harness.resample import Floats, bootstrap, by_site, flip_test, holm, pairs_of, site_signs
from harness.stats import ALPHA, FEWEST_SITES, Cells, Interval, Pair, Spread, intervals, page_figures, site_sums

_POWER = 2.80
"""z(0.975) + z(0.8): a difference of as many standard errors is seen at 5 %, two-sided, in four of five samples."""
_GOOD, _BAD = 0.9, 0.5


def compare(found: Cells, ranked: Sequence[str]) -> list[Pair]:
    """Return every pair of the extractors that compete, the better of two first, the best extractors' pairs first.

    Empty under two sites or two such extractors.
    """
    if len(set(found.sites)) < 2 or len(ranked) < 2:
        return []
    f1 = dict(zip(found.extractors, page_figures(found)[2].mean(axis=1), strict=True))
    # Rounded, so that the last bits of arithmetic do not decide an order.
    mine = found.of(sorted(ranked, key=lambda name: (-round(f1[name], 12), name)))
    sums, figures = site_sums(mine, "page"), AVERAGES["page"].figures
    first, second = pairs_of(len(ranked))
    point, drawn = figures(sums.sum(axis=0))[2], figures(bootstrap(sums))[2]
    spans = intervals(drawn[:, first] - drawn[:, second])
    tested = flip_test(sums, figures, site_signs(len(sums)))
    errors = _standard_errors(mine)
    return [
        Pair(
            mine.extractors[i], mine.extractors[j], float(point[i] - point[j]), spans[number], float(tested.p[number]),
            float(tested.adjusted[number]), float(by_holm), float(_POWER * errors[number]),
        )
        for number, (i, j, by_holm) in enumerate(zip(first, second, holm(tested.p), strict=True))
    ]  # fmt: skip


def _standard_errors(found: Cells) -> Floats:
    """Return the standard error of each pair's mean difference over pages, clustered by site.

    √(G / (G − 1) · Σ_g (D_g − n_g·d̄)²) / n, with n pages of G sites, n_g of site g, D_g the sum of its differences and d̄ their mean over
    all pages: the variance of a ratio of site sums (Cochran 1977, §6.3 and 11.7), which is √(s² · deff / n) of `2.80·s·√(deff/n)`.
    """
    first, second = pairs_of(len(found.extractors))
    f1 = page_figures(found)[2]
    # One term more, 1 for each page, so that the sums know how many pages a site has.
    sums = by_site(np.vstack([f1, np.ones(f1.shape[1])])[None], found.sites)[:, 0]
    pages, of_extractors = sums[:, [-1]], sums[:, :-1]
    rest = of_extractors - pages * f1.mean(axis=1)
    sites = len(sums)
    errors: Floats = np.sqrt(sites / (sites - 1) * np.sum((rest[:, first] - rest[:, second]) ** 2, axis=0)) / f1.shape[1]
    return errors


def spreads(found: Cells, pairs: Sequence[Pair], ranked: Sequence[str]) -> list[Spread]:
    """Return how each extractor's pages are spread, and its group among those that compete."""
    f1 = page_figures(found)[2]
    per_site = by_site(np.stack([f1, np.ones_like(f1)]), found.sites)
    means = per_site[:, [0]] / per_site[:, [1]]
    spans: Sequence[Interval | None] = [None] * len(f1)
    if len(means) > 1:
        # Each draw takes as many sites as there are, so the mean of its sites' means needs no weights.
        spans = intervals(bootstrap(means)[:, 0] / len(means))
    apart = [(pair.first, pair.second) for pair in pairs if pair.adjusted < ALPHA] if len(means) >= FEWEST_SITES else []
    f1_of = dict(zip(found.extractors, f1.mean(axis=1), strict=True))
    groups = letters(sorted(ranked, key=lambda name: (-round(f1_of[name], 12), name)), apart)
    return [
        Spread(
            name, float(means[:, 0, i].mean()), spans[i], float(np.median(f1[i])), int((f1[i] >= _GOOD).sum()), int((f1[i] < _BAD).sum()),
            int((f1[i] == 1).sum()), groups.get(name, ""),
        )
        for i, name in enumerate(found.extractors)
    ]  # fmt: skip


def letters(names: Sequence[str], apart: Collection[tuple[str, str]]) -> Mapping[str, str]:
    """Return letters such that two names share one exactly if they are not in `apart`; the first names get the first letters.

    Insert and absorb (Piepho 2004, doi:10.1198/1061860043515): from one group of all, each pair that is apart splits every group that
    has both into one without the first and one without the second, and a group within another is dropped.
    """
    groups = [frozenset(names)] if names else []
    for one, other in apart:
        split: list[frozenset[str]] = []
        for group in groups:
            split += [group - {one}, group - {other}] if {one, other} <= group else [group]
        unique = list(dict.fromkeys(split))
        groups = [group for group in unique if not any(group < larger for larger in unique)]
    place = {name: index for index, name in enumerate(names)}
    groups.sort(key=lambda group: sorted(place[name] for name in group))
    lettered = list(zip(_alphabet(), groups, strict=False))
    return {name: "".join(letter for letter, group in lettered if name in group) for name in names}


def _alphabet() -> Iterator[str]:
    """Yield a–z, A–Z, then α, β, … and every later lower-case letter: as many as there can be groups, one character each."""
    return chain(string.ascii_letters, (chr(code) for code in count(ord("α")) if chr(code).islower()))
