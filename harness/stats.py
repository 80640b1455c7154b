"""What is said about extractors, as records, and means, intervals and rank ranges over pages. Nothing here reads or writes.

The unit of resampling is the site (`harness.resample`): each of 10,000 draws takes as many sites as there are, with replacement, the same
draw for every extractor and metric. Intervals are percentiles of the draws. A claim that one extractor beats another rests on a
randomisation test whose p-value holds for all pairs at once, so that picking the leader after the fact cannot make it look better than
it is. `harness.pairs` compares every two, `harness.agreement` the metrics.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from harness.averages import AVERAGES, Ratios, page_ratios
from harness.errors import StoreError
from harness.resample import Floats, bootstrap, by_site, flip_test, pairs_of, ranks, site_signs

LEVEL = 0.95
ALPHA = 0.05
"""Two extractors are told apart where their adjusted p-value is smaller."""
FEWEST_PAGES = 10
"""A slice of fewer pages has no mean: it would be read as one."""
FEWEST_SITES = 20
"""With fewer sites nothing is claimed: a bootstrap's percentiles are too narrow, and a few sites stand for few kinds of page."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A 95 % percentile interval, 0–1 (differences: -1–1)."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Row:
    """One extractor's figures under one metric on one slice.

    Figures are None under `FEWEST_PAGES` pages (but not for the slice "all") and intervals under two sites; ranks are None for what does
    not compete. `behind` is the paired difference to the leader (negative: worse), None for the leader itself. `separable` says whether
    the leader's lead is real: an adjusted p under `ALPHA` on `FEWEST_SITES` sites or more; None for the leader and for what does not
    compete. Both are None outside the slice "all".
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

    `pages` have the label; `tokens` are its tokens on them; `found` those in the answers. `inferred` says that the label was made from
    the page's HTML, not by a person.
    """

    extractor: str
    label: str
    pages: int
    tokens: int
    found: int
    inferred: bool = False

    @property
    def rate(self) -> float:
        return self.found / self.tokens if self.tokens else 0.0


@dataclass(frozen=True, slots=True)
class Pair:
    """Two extractors compared on the same pages under the headline.

    `difference` is first − second in mean page F1, -1 to 1, with its 95 % interval over the same resamples of sites. `p` is two-sided,
    by exchanging the two on whole sites; `adjusted` holds for all pairs of the track at once (max-T), `holm` likewise by Holm.
    `detectable` is the smallest difference that as many pages of as many sites would show in four of five cases (unadjusted).
    """

    first: str
    second: str
    difference: float
    interval: Interval
    p: float
    adjusted: float
    holm: float
    detectable: float


@dataclass(frozen=True, slots=True)
class Spread:
    """How one extractor's page F1 is spread: `macro` is the mean of the sites' means, 0–1, with its interval.

    `median` is over pages; `good`, `bad` and `perfect` count pages at 0.9 or more, under 0.5, and at exactly 1. Extractors that share a
    letter in `group` cannot be told apart; '' for one that does not compete.
    """

    extractor: str
    macro: float
    macro_interval: Interval | None
    median: float
    good: int
    bad: int
    perfect: int
    group: str


@dataclass(frozen=True, slots=True)
class Correlation:
    """How alike two metrics rank a track's competing extractors: Spearman's rho and Kendall's tau-b, -1 to 1, over `extractors` of them."""

    first: str
    second: str
    spearman: float
    kendall: float
    extractors: int


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A page on which two metrics judge one extractor most differently: its page F1 under each."""

    page: str
    extractor: str
    first: str
    second: str
    first_f1: float
    second_f1: float


@dataclass(frozen=True)
class Cells:
    """Counts of every page × extractor under one metric: three arrays of shape (extractors, pages), and the pages' sites.

    `ratios` makes pages' figures of counts, where the metric has rules of its own.
    """

    extractors: tuple[str, ...]
    pages: tuple[str, ...]
    sites: tuple[str, ...]
    hits: Floats
    predicted: Floats
    expected: Floats
    ratios: Ratios = page_ratios

    def select(self, mask: NDArray[np.bool_]) -> Cells:
        """Return the cells of some pages."""
        keep = np.flatnonzero(mask)
        return replace(
            self,
            pages=tuple(self.pages[index] for index in keep),
            sites=tuple(self.sites[index] for index in keep),
            hits=self.hits[:, mask],
            predicted=self.predicted[:, mask],
            expected=self.expected[:, mask],
        )

    def of(self, extractors: Sequence[str]) -> Cells:
        """Return the cells of some extractors, in the order given."""
        rows_ = [self.extractors.index(name) for name in extractors]
        return replace(
            self, extractors=tuple(extractors), hits=self.hits[rows_], predicted=self.predicted[rows_], expected=self.expected[rows_]
        )


def cells(frame: pd.DataFrame, site_of: Mapping[str, str], extractors: Sequence[str], ratios: Ratios | None = None) -> Cells:
    """Shape the score rows of one metric into cells. Raises StoreError where one is missing: nothing is averaged over gaps."""
    pages = sorted(frame["page"].unique())
    table = frame.pivot(index="extractor", columns="page", values=["hits", "predicted", "expected"]).reindex(index=list(extractors))
    hits, predicted, expected = (table[column][pages].to_numpy(dtype=np.float64) for column in ("hits", "predicted", "expected"))
    if (missing := np.argwhere(np.isnan(hits))).size:
        extractor, page = missing[0]
        raise StoreError(f"The run has no score of {extractors[extractor]} on {pages[page]}. Score it again: clutterbench score")
    sites = tuple(site_of[page] for page in pages)
    return Cells(tuple(extractors), tuple(pages), sites, hits, predicted, expected, ratios or page_ratios)


def page_figures(found: Cells) -> tuple[Floats, Floats, Floats]:
    """Return each page's precision, recall and F1, shape (extractors, pages); NaN where the metric leaves a page out."""
    return found.ratios(found.hits, found.predicted, found.expected)


def site_sums(found: Cells, average: str) -> Floats:
    """Return what an average adds up, by site: shape (sites, terms, extractors)."""
    counts = np.stack([found.hits, found.predicted, found.expected])
    return by_site(AVERAGES[average].terms(counts, np.stack(page_figures(found))), found.sites)


def intervals(samples: Floats) -> list[Interval]:
    """Return the percentile interval of each column of samples, shape (draws, columns)."""
    low, high = np.quantile(samples, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    return [Interval(float(start), float(end)) for start, end in zip(low, high, strict=True)]


def rows(found: Cells, *, metric: str, average: str, slice_name: str, ranked: Sequence[str]) -> list[Row]:
    """Return one row per extractor for one slice. `ranked` are the extractors that compete; the others get no rank."""
    pages, sites = len(found.pages), len(set(found.sites))
    few = pages < FEWEST_PAGES and slice_name != "all"
    if few or not pages:
        return [Row(name, metric, slice_name, pages, sites) for name in found.extractors]
    sums = site_sums(found, average)
    figures = AVERAGES[average].figures
    precision, recall, f1 = figures(sums.sum(axis=0))
    out = [
        Row(name, metric, slice_name, pages, sites, precision=float(precision[i]), recall=float(recall[i]), f1=float(f1[i]))
        for i, name in enumerate(found.extractors)
    ]
    if sites < 2:
        return out
    drawn = figures(bootstrap(sums))
    bounds = zip(*(intervals(samples) for samples in drawn), strict=True)
    out = [
        replace(row, precision_interval=p, recall_interval=r, f1_interval=f) for row, (p, r, f) in zip(out, bounds, strict=True)
    ]  # fmt: skip
    compete = [found.extractors.index(name) for name in ranked]
    if not compete:
        return out
    places = np.quantile(ranks(drawn[2][:, compete]), [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0, method="inverted_cdf")
    for i, low, high in zip(compete, *places, strict=True):
        out[i] = replace(out[i], rank=(int(low), int(high)))
    return _with_lead(out, sums, average, drawn[2], compete) if slice_name == "all" else out


def _with_lead(out: Sequence[Row], sums: Floats, average: str, drawn: Floats, compete: Sequence[int]) -> list[Row]:
    """Return the rows with how each stands to the leader, the best of those that compete (the first of equals)."""
    f1 = [row.f1 or 0.0 for row in out]
    leader = max(compete, key=lambda i: (f1[i], -i))
    apart: dict[int, bool] = dict.fromkeys(compete, False)
    if len(sums) >= FEWEST_SITES:
        tested = flip_test(sums[:, :, list(compete)], AVERAGES[average].figures, site_signs(len(sums)))
        for first, second, p in zip(*pairs_of(len(compete)), tested.adjusted, strict=True):
            pair = {compete[first], compete[second]}
            if leader in pair:
                apart[(pair - {leader}).pop()] = bool(p < ALPHA)
    spans = intervals(drawn - drawn[:, [leader]])
    return [
        row if i == leader else replace(row, behind=f1[i] - f1[leader], behind_interval=spans[i], separable=apart.get(i))
        for i, row in enumerate(out)
    ]


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
    return [LabelRow(extractor, label, pages, tokens, found) for (extractor, label), (pages, tokens, found) in sums.items()]
