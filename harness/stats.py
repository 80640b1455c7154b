"""Means, intervals, paired differences and rank ranges over pages, resampled by site. Seeded; nothing here reads or writes.

Pages of one site share a template and rise and fall together, so the unit of resampling is the site: each of 10,000 draws takes as
many sites as there are, with replacement, the same draw for every extractor and metric. Intervals are percentiles of the draws.
A claim that one extractor beats another uses intervals widened for all pairs at once (Bonferroni), so that picking the leader after
the fact cannot make it look better than it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from harness.errors import StoreError

DRAWS = 10_000
SEED = 0
LEVEL = 0.95
FEWEST_PAGES = 10
"""A slice of fewer pages has no mean: it would be read as one."""
FEWEST_SITES = 20
"""With fewer sites a bootstrap's percentiles are too narrow to claim that one extractor beats another."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    """A 95 % percentile interval, 0–1 (differences: -1–1)."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Row:
    """One extractor's figures under one metric on one slice.

    Figures are None under `FEWEST_PAGES` pages (but not for the slice "all") and intervals under two sites; ranks are None for baselines.
    `behind` is the paired difference to the leader (negative: worse), `separable` whether it stays one-sided when widened for all
    pairs on enough sites; both None for the leader itself and outside the slice "all".
    """

    extractor: str
    metric: str
    slice: str
    pages: int
    sites: int
    precision: float | None = None
    recall: float | None = None
    f1: float | None = None
    f1_interval: Interval | None = None
    precision_interval: Interval | None = None
    recall_interval: Interval | None = None
    rank: tuple[int, int] | None = None
    behind: float | None = None
    behind_interval: Interval | None = None
    separable: bool | None = None
    statuses: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LabelRow:
    """Tokens of one label that one extractor let out: a leak for a clutter label, what was kept for a body label.

    `pages` have the label; `tokens` are its tokens on them; `found` those in the answers.
    """

    extractor: str
    label: str
    pages: int
    tokens: int
    found: int

    @property
    def rate(self) -> float:
        return self.found / self.tokens if self.tokens else 0.0


@dataclass(frozen=True)
class Cells:
    """Counts of every page × extractor under one metric: three arrays of shape (extractors, pages), and the pages' sites."""

    extractors: tuple[str, ...]
    pages: tuple[str, ...]
    sites: tuple[str, ...]
    hits: Floats
    predicted: Floats
    expected: Floats

    def select(self, mask: NDArray[np.bool_]) -> Cells:
        """Return the cells of some pages."""
        keep = [index for index, wanted in enumerate(mask) if wanted]
        return Cells(
            self.extractors,
            tuple(self.pages[index] for index in keep),
            tuple(self.sites[index] for index in keep),
            self.hits[:, mask], self.predicted[:, mask], self.expected[:, mask],
        )  # fmt: skip


def cells(frame: pd.DataFrame, site_of: Mapping[str, str], extractors: Sequence[str]) -> Cells:
    """Shape the score rows of one metric into cells. Raises StoreError where one is missing: nothing is averaged over gaps."""
    pages = sorted(frame["page"].unique())
    arrays = []
    for column in ("hits", "predicted", "expected"):
        table = frame.pivot(index="extractor", columns="page", values=column).reindex(index=list(extractors), columns=pages)
        if table.isna().to_numpy().any():
            row, column_index = np.argwhere(table.isna().to_numpy())[0]
            raise StoreError(f"The run has no score of {extractors[row]} on {pages[column_index]}. Score it again: clutterbench score")
        arrays.append(table.to_numpy(dtype=np.float64))
    return Cells(tuple(extractors), tuple(pages), tuple(site_of[page] for page in pages), *arrays)


def page_figures(found: Cells) -> tuple[Floats, Floats, Floats]:
    """Return each page's precision, recall and F1, shape (extractors, pages): `Counts`' ratios with its rules for empty cases."""
    hits, predicted, expected = found.hits, found.predicted, found.expected
    right = np.where((predicted == 0) & (expected == 0), 1.0, 0.0)
    both = (predicted > 0) & (expected > 0)
    precision = np.divide(hits, predicted, out=right.copy(), where=both)
    recall = np.divide(hits, expected, out=right.copy(), where=both)
    f1 = np.divide(2 * hits, predicted + expected, out=right.copy(), where=both)
    return precision, recall, f1


def _ratio(numerator: Floats, denominator: Floats) -> Floats:
    return np.divide(numerator, denominator, out=np.zeros_like(numerator), where=denominator > 0)


def _figures(found: Cells, average: str, weights: Floats) -> tuple[Floats, Floats, Floats]:
    """Return precision, recall and F1 per draw, shape (draws, extractors), for page weights of shape (draws, pages)."""
    precision, recall, f1 = page_figures(found)
    if average == "page":
        total = weights.sum(axis=1, keepdims=True)
        return weights @ precision.T / total, weights @ recall.T / total, weights @ f1.T / total
    answered = (found.predicted > 0).astype(np.float64)
    wanted = (found.expected > 0).astype(np.float64)
    p = _ratio(weights @ (precision * answered).T, weights @ answered.T)
    r = _ratio(weights @ (recall * wanted).T, weights @ wanted.T)
    return p, r, _ratio(2 * p * r, p + r)


def site_draws(sites: Sequence[str], draws: int = DRAWS, seed: int = SEED) -> Floats:
    """Return page weights of shape (draws, pages): how often each page's site was drawn."""
    names = sorted(set(sites))
    index = np.array([names.index(site) for site in sites])
    generator = np.random.Generator(np.random.SFC64(seed))
    drawn = generator.multinomial(len(names), np.full(len(names), 1 / len(names)), size=draws)
    return drawn[:, index].astype(np.float64)


def _interval(samples: Floats, level: float = LEVEL) -> Interval:
    low, high = np.quantile(samples, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(low), float(high))


def rows(found: Cells, *, metric: str, average: str, slice_name: str, ranked: Sequence[str]) -> list[Row]:
    """Return one row per extractor for one slice. `ranked` are the extractors that compete; the others (baselines) get no rank."""
    pages, sites = len(found.pages), len(set(found.sites))
    few = pages < FEWEST_PAGES and slice_name != "all"
    if few or not pages:
        return [Row(name, metric, slice_name, pages, sites) for name in found.extractors]
    point = [figure[0] for figure in _figures(found, average, np.ones((1, pages)))]
    if sites < 2:
        return [
            Row(name, metric, slice_name, pages, sites, precision=float(p), recall=float(r), f1=float(f))
            for name, p, r, f in zip(found.extractors, *point, strict=True)
        ]
    precision, recall, f1 = _figures(found, average, site_draws(found.sites))
    compete = [found.extractors.index(name) for name in ranked]
    ranks = _ranks(f1[:, compete]) if compete else np.zeros((1, 0))
    leader = max(compete, key=lambda i: (point[2][i], -i)) if compete else -1
    pairs = max(1, len(compete) * (len(compete) - 1) // 2)
    out: list[Row] = []
    for i, name in enumerate(found.extractors):
        rank = behind = behind_interval = separable = None
        if i in compete:
            low, high = np.quantile(ranks[:, compete.index(i)], [0.025, 0.975], method="inverted_cdf")
            rank = (int(low), int(high))
        if leader >= 0 and i != leader and slice_name == "all":
            difference = f1[:, i] - f1[:, leader]
            behind = float(point[2][i] - point[2][leader])
            behind_interval = _interval(difference)
            wide = _interval(difference, 1 - (1 - LEVEL) / pairs)
            separable = sites >= FEWEST_SITES and wide.high < 0
        out.append(
            Row(
                name, metric, slice_name, pages, sites,
                precision=float(point[0][i]), recall=float(point[1][i]), f1=float(point[2][i]), f1_interval=_interval(f1[:, i]),
                precision_interval=_interval(precision[:, i]), recall_interval=_interval(recall[:, i]),
                rank=rank, behind=behind, behind_interval=behind_interval, separable=separable,
            )
        )  # fmt: skip
    return out


def _ranks(f1: Floats) -> Floats:
    """Return ranks from 1 per draw; equal figures share the better rank. Sums may differ in their last bit, so 1e-12 is equal."""
    rounded = np.round(f1, 12)
    better: Floats = (rounded[:, None, :] > rounded[:, :, None]).sum(axis=2).astype(np.float64)
    return better + 1


def label_rows(
    parts: Mapping[tuple[str, str], Mapping[str, int]], totals: Mapping[str, Mapping[str, int]], labels: Sequence[str]
) -> list[LabelRow]:
    """Return what each extractor let out per label: `parts` are aligned tokens by (extractor, page), `totals` a page's by label."""
    sums: dict[tuple[str, str], list[int]] = {}
    for (extractor, page), counts in parts.items():
        for label in labels:
            if total := totals[page].get(label, 0):
                row = sums.setdefault((extractor, label), [0, 0, 0])
                row[0] += 1
                row[1] += total
                # A flattened text may be aligned a little differently whole than in part; more than was offered cannot leak.
                row[2] += min(counts.get(label, 0), total)
    return [LabelRow(extractor, label, *numbers) for (extractor, label), numbers in sums.items()]
