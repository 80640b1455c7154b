"""Two sides scored on the same pages and counted: figures with their paired intervals, pages by what became of them, words by label."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from harness import pairs, score
from harness.averages import AVERAGES
from harness.case import Case
from harness.compare.changes import Change, pair
from harness.compare.sides import Side, check_comparable
from harness.corpus.corpus import Corpus
from harness.errors import NothingMatched
from harness.progress import Progress
from harness.records import LABELS, UNLABELLED, class_of
from harness.resample import Floats, bootstrap, by_site
from harness.score import HEADLINE, Score
from harness.stats import FEWEST_SITES, Cells, Interval, intervals, page_figures, site_sums
from harness.store import Cache
from harness.summary import signature

Fate = Literal["newly failing", "worse", "same", "better", "fixed"]
FATES: tuple[Fate, ...] = ("newly failing", "worse", "same", "better", "fixed")
ALL = "all"
"""Stands for all body labels together, and for all clutter labels together."""

_FAILED = ("error", "timeout", "crash", "memory")
_SIDES = ("A", "B")
EQUAL = 1e-12
"""Figures this near are equal: sums of the same numbers in another order differ in their last bits."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A share of both sides, 0–1, and the 95 % interval of their paired difference B − A; None where there are too few sites."""

    a: float
    b: float
    interval: Interval | None = None

    @property
    def difference(self) -> float:
        return self.b - self.a


@dataclass(frozen=True, slots=True)
class LabelChange:
    """Words of one label that both sides lost (body) or leaked (clutter), of `tokens` on the `pages` that have it.

    `rate` holds both as shares of these, its interval by bootstrap over the sites that have the label. `inferred` says that the label was
    made from the pages' HTML, not by people.
    """

    label: str
    lost: bool
    inferred: bool
    pages: int
    tokens: int
    a: int
    b: int
    rate: Figure


@dataclass(frozen=True, slots=True)
class PageChange:
    """What became of one page: both F1, 0–1, both statuses ("empty" is `ok` without text), and the words that only one side has."""

    page: str
    site: str
    fate: Fate
    a: float
    b: float
    statuses: tuple[str, str]
    details: tuple[str, str]
    same_answer: bool
    changes: tuple[Change, ...]

    @property
    def difference(self) -> float:
        return self.b - self.a


@dataclass(frozen=True)
class Comparison:
    """B against A on the pages of both. `p` is two-sided, by exchanging the two on whole sites; it and all intervals are None on one site.

    `detectable` is the smallest difference that as many pages of as many sites would show in four of five cases. `rows` has every page, the
    worst first; `strange` counts the words that are `repeated` or `invented`, for A and for B.
    """

    a: Side
    b: Side
    sites: int
    f1: Figure
    precision: Figure
    recall: Figure
    p: float | None
    detectable: float | None
    rows: tuple[PageChange, ...]
    labels: tuple[LabelChange, ...]
    strange: Mapping[str, tuple[int, int]]
    signature: str

    @property
    def fates(self) -> dict[Fate, int]:
        """Count the pages by what became of them."""
        found = [row.fate for row in self.rows]
        return {fate: found.count(fate) for fate in FATES}

    def having(self, statuses: Sequence[str]) -> tuple[int, int]:
        """Count the pages on which A, and B, ended with one of these statuses."""
        a, b = (sum(row.statuses[side] in statuses for row in self.rows) for side in (0, 1))
        return a, b

    @property
    def failed(self) -> tuple[int, int]:
        """Count the pages on which A, and B, gave no answer."""
        return self.having(_FAILED)

    @property
    def empty(self) -> tuple[int, int]:
        """Count the pages on which A's, and B's, answer had no text."""
        return self.having(("empty",))


def compare(corpus: Corpus, a: Side, b: Side, cache: Cache, progress: Progress) -> Comparison:
    """Score both sides on the pages that both have and compare them.

    Raises NotComparable where their signatures differ, NothingMatched where no page has gold of the headline's kind.
    """
    check_comparable(a, b, corpus)
    chosen = corpus.only(sorted(a.answers))
    metric = score.metrics([HEADLINE])[0]
    answers = [replace(each, extractor=name) for name, side in zip(_SIDES, (a, b), strict=True) for each in side.answers.values()]
    with progress.stage("score", len(chosen)):
        scored = score.score_pages(chosen, answers, [metric], cache, progress.step)
        cache.flush()
    scores = {(row.extractor, row.page): row for row in scored.scores}
    pages = [row for row in scored.pages if ("A", row["page"]) in scores]
    if not pages:
        raise NothingMatched(f"{corpus.root}: none of these pages has a gold body, so there is nothing to compare answers with.")
    found = _cells(pages, scores)
    figures = _figures(found)
    tested = pairs.compare(found, _SIDES)
    rows = _rows(chosen, pages, scores, found, (a, b))
    inferred = any(row["inferred"] for row in pages)
    sites = len(set(found.sites))
    return Comparison(
        a, b, sites, figures[2], figures[0], figures[1], tested[0].p if tested else None, tested[0].detectable if tested else None,
        tuple(rows), tuple(_labels(pages, scores, a.track)),
        {name: _counted(scores.values(), name) for name in ("repeated", "invented")},
        signature(metric, a.track, chosen.digest, len(pages), sites, inferred=inferred),
    )  # fmt: skip


def _cells(pages: Sequence[Mapping[str, Any]], scores: Mapping[tuple[str, str], Score]) -> Cells:
    def counts(what: str) -> Floats:
        return np.array([[getattr(scores[side, row["page"]].counts, what) for row in pages] for side in _SIDES], dtype=np.float64)

    names = tuple(row["page"] for row in pages)
    sites = tuple(str(row["site"]) for row in pages)
    return Cells(_SIDES, names, sites, counts("hits"), counts("predicted"), counts("expected"))


def _figures(found: Cells) -> list[Figure]:
    """Return precision, recall and F1 of both, with the intervals of their differences: means over pages, resampled by site."""
    sums, figures = site_sums(found, "page"), AVERAGES["page"].figures
    points_ = figures(sums.sum(axis=0))
    if len(sums) < 2:
        return [Figure(float(values[0]), float(values[1])) for values in points_]
    drawn = figures(bootstrap(sums))
    return [
        Figure(float(values[0]), float(values[1]), intervals(samples[:, [1]] - samples[:, [0]])[0])
        for values, samples in zip(points_, drawn, strict=True)
    ]


def _rows(
    corpus: Corpus, pages: Sequence[Mapping[str, Any]], scores: Mapping[tuple[str, str], Score], found: Cells, sides: tuple[Side, Side]
) -> list[PageChange]:
    """Return every page, those first that fell most; of those that did not move, those first whose answers differ."""
    entries = {entry.id: entry for entry in corpus.entries}
    rows: list[PageChange] = []
    for number, row in enumerate(pages):
        page = row["page"]
        a, b = (float(value) for value in page_figures(found)[2][:, number])
        before, after = (side.answers[page] for side in sides)
        statuses = (scores["A", page].status, scores["B", page].status)
        same = before.text == after.text and statuses[0] == statuses[1]
        changes = () if before.text == after.text else tuple(pair(Case(*entries[page].load()), before.text, after.text).changes())
        rows.append(PageChange(page, str(row["site"]), _fate(a, b, statuses), a, b, statuses, (before.detail, after.detail), same, changes))
    return sorted(rows, key=lambda row: (round(row.difference, 12), row.same_answer, row.page))


def _fate(a: float, b: float, statuses: tuple[str, str]) -> Fate:
    failed_a, failed_b = (status in _FAILED for status in statuses)
    if failed_a != failed_b:
        return "newly failing" if failed_b else "fixed"
    if abs(b - a) <= EQUAL:
        return "same"
    return "better" if b > a else "worse"


def _labels(pages: Sequence[Mapping[str, Any]], scores: Mapping[tuple[str, str], Score], track: str) -> list[LabelChange]:
    """Return what was lost and leaked: all together, then by label in the labels' order; labels that people gave before inferred ones."""
    found: list[LabelChange] = []
    for lost in (True, False):
        mine = [label for label in (*LABELS, UNLABELLED) if class_of(label) == ("body" if lost else "clutter")]
        parts = [_label(ALL, mine, pages, scores, track, lost=lost, inferred=False)]
        for inferred in (False, True):
            some = [row for row in pages if bool(row["inferred"]) == inferred]
            # What has no label on an inferred page was not guessed either.
            parts += [_label(name, [name], some, scores, track, lost=lost, inferred=inferred and name != UNLABELLED) for name in mine]
        found += [row for row in parts if row.tokens]
    return found


def _label(
    name: str, labels: Sequence[str], pages: Sequence[Mapping[str, Any]], scores: Mapping[tuple[str, str], Score], track: str, *,
    lost: bool, inferred: bool,
) -> LabelChange:  # fmt: skip
    terms: list[list[list[int]]] = []
    sites: list[str] = []
    for row in pages:
        totals = row["labels"][track]
        if total := sum(totals.get(label, 0) for label in labels):
            counts = [_of_label(scores[side, row["page"]], labels, totals) for side in _SIDES]
            terms.append([[total - count if lost else count for count in counts], [total, total]])
            sites.append(str(row["site"]))
    if not terms:
        return LabelChange(name, lost, inferred, 0, 0, 0, 0, Figure(0, 0))
    array = np.moveaxis(np.array(terms, dtype=np.float64), 0, -1)
    (a, b), (tokens, _) = array.sum(axis=-1)
    span = None
    if len(set(sites)) >= FEWEST_SITES:
        drawn = bootstrap(by_site(array, sites))
        rates = drawn[:, 0] / drawn[:, 1]
        span = intervals(rates[:, [1]] - rates[:, [0]])[0]
    return LabelChange(name, lost, inferred, len(terms), int(tokens), int(a), int(b), Figure(a / tokens, b / tokens, span))


def _of_label(found: Score, labels: Iterable[str], totals: Mapping[str, int]) -> int:
    # A flattened text may be aligned a little differently whole than in part; more than was offered cannot leak.
    return sum(min(found.parts.get(label, 0), totals.get(label, 0)) for label in labels)


def _counted(scores: Iterable[Score], part: str) -> tuple[int, int]:
    known = list(scores)
    a, b = (sum(row.parts.get(part, 0) for row in known if row.extractor == side) for side in _SIDES)
    return a, b
