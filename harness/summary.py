"""A run's scores drawn together: what the report shows and the tables hold, with nothing left to compute but layout."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from harness import __version__
from harness.agreement import correlations, disagreements
from harness.confusion import Confusion
from harness.corpus import infer, segment
from harness.pairs import compare, spreads
from harness.records import LABELS, TRACKS, UNLABELLED, Track, class_of
from harness.resample import DRAWS, SEED
from harness.score import HEADLINE, Metric, Score
from harness.slices import complexity, quartiles, slices
from harness.stats import (
    FEWEST_SITES,
    Cells,
    Correlation,
    Disagreement,
    LabelRow,
    Pair,
    Row,
    Spread,
    cells,
    label_rows,
    page_figures,
    rows,
)
from harness.text import SCHEME

STATUSES = ("ok", "empty", "error", "timeout", "crash", "memory")


@dataclass(frozen=True, slots=True)
class Entrant:
    """An extractor of the run. `reason` is why it did not run, '' if it did; `about` its documentation, `options` its variant's."""

    name: str
    plugin: str
    track: Track
    category: str
    version: str
    about: str
    options: Mapping[str, Any]
    reason: str


@dataclass(frozen=True, slots=True)
class Failure:
    """One extraction that did not answer."""

    extractor: str
    page: str
    status: str
    detail: str


PHRASES_ALONE = "The gold of these pages is phrases, not a text, so there is no F1 of an answer; other metrics score them."


@dataclass(frozen=True, slots=True)
class PageRow:
    """One page: its header's site, type and language, its words by class, and each extractor's headline F1.

    `parts` counts each extractor's words by where the alignment puts them: a label, `repeated` or `invented`; none where it failed.
    """

    page: str
    site: str
    type: str
    language: str
    words: Mapping[str, int]
    f1: Mapping[str, float]
    parts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class TrackSummary:
    """Everything about one track. `rows` go by metric, slice, then F1; `signatures` by metric; the rest is under the headline.

    `complexity` has the least, the three quartiles and the greatest share of a page that is not body, which
    bound the slices `complexity=q1` to `q4`; empty where no page has one.
    """

    track: Track
    pages: int
    sites: int
    entrants: tuple[Entrant, ...]
    rows: tuple[Row, ...]
    signatures: Mapping[str, str]
    leaks: tuple[LabelRow, ...]
    losses: tuple[LabelRow, ...]
    verdict: str
    page_rows: tuple[PageRow, ...]
    pairs: tuple[Pair, ...] = ()
    spreads: tuple[Spread, ...] = ()
    correlations: tuple[Correlation, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    complexity: tuple[float, ...] = ()

    def table(self, metric: str = HEADLINE, slice_name: str = "all") -> list[Row]:
        """Return the rows of one metric and slice, best F1 first."""
        return [row for row in self.rows if row.metric == metric and row.slice == slice_name]


@dataclass(frozen=True)
class Summary:
    """One run, ready to be shown."""

    corpus: str
    tracks: tuple[TrackSummary, ...]
    failures: tuple[Failure, ...]
    did_not_run: tuple[Entrant, ...]
    metrics: tuple[Metric, ...]
    coverage: str
    confusion: Confusion | None = None
    gold: str = ""
    """Digest of the pages and their gold."""
    version: str = __version__


def summarise(
    corpus: str, facts: Mapping[str, Any], pages: Sequence[Mapping[str, Any]], scores: Sequence[Score], metrics: Sequence[Metric],
    failures: Sequence[Failure],
) -> Summary:  # fmt: skip
    """Draw a run together. `facts` is its `run.json`, `pages` and `scores` what the score stage wrote."""
    entrants = [_entrant(row) for row in facts["extractors"]]
    tracks = []
    for track in TRACKS:
        some = tuple(entrant for entrant in entrants if entrant.track == track)
        if some:
            tracks.append(_track(track, some, str(facts["gold"]), pages, scores, metrics))
    coverage = {str(page["coverage"]) for page in pages}
    return Summary(
        corpus, tuple(tracks), tuple(sorted(failures, key=lambda failure: (failure.extractor, failure.page))),
        tuple(entrant for entrant in entrants if entrant.reason), tuple(metrics), "full" if coverage == {"full"} else "body",
        gold=str(facts["gold"]),
    )  # fmt: skip


def _entrant(row: Mapping[str, Any]) -> Entrant:
    # Wherever a version stands, so that nobody takes another's answers for a run of ours.
    version = f"{row['version']} (imported, not run)".lstrip() if row.get("imported") else row["version"]
    return Entrant(row["name"], row["plugin"], row["track"], row["category"], version, row["about"], row["options"], row["did_not_run"])


def _track(
    track: Track, entrants: tuple[Entrant, ...], digest: str, pages: Sequence[Mapping[str, Any]], scores: Sequence[Score],
    metrics: Sequence[Metric],
) -> TrackSummary:  # fmt: skip
    ran = [entrant for entrant in entrants if not entrant.reason]
    names = sorted(entrant.name for entrant in ran)
    ranked = sorted(entrant.name for entrant in ran if entrant.category == "extractor")
    mine = [score for score in scores if score.extractor in set(names)]
    seen = {score.page for score in mine}
    known = {page["page"]: page for page in pages if page["page"] in seen}
    site_of = {page: str(row["site"]) for page, row in known.items()}
    sites = len(set(site_of.values()))
    by_metric = _cells(mine, metrics, site_of, names)
    bounds, quarters = quartiles(complexity(known, track))
    status_of = {(score.extractor, score.page): score.status for score in mine}
    table: list[Row] = []
    for metric in metrics:
        if metric.name in by_metric:
            table += _table(metric, by_metric[metric.name], known, quarters, status_of, ranked)
    page_f1: dict[str, dict[str, float]] = {page: {} for page in known}
    pairs: list[Pair] = []
    spread: list[Spread] = []
    if found := by_metric.get(HEADLINE):
        for name, values in zip(found.extractors, page_figures(found)[2], strict=True):
            for page, value in zip(found.pages, values, strict=True):
                page_f1[page][name] = float(value)
        pairs = compare(found, ranked)
        spread = spreads(found, pairs, ranked)
    headline = [score for score in mine if score.metric == HEADLINE]
    parts = {(score.extractor, score.page): score.parts for score in headline}
    page_parts: dict[str, dict[str, Mapping[str, int]]] = {page: {} for page in known}
    for score in headline:
        page_parts[score.page][score.extractor] = score.parts
    totals = {page: row["labels"][track] for page, row in known.items()}
    inferred = {page for page, row in known.items() if row.get("inferred")}
    signatures = {}
    for metric in metrics:
        covered = by_metric[metric.name].sites if metric.name in by_metric else ()
        signatures[metric.name] = signature(metric, track, digest, len(covered), len(set(covered)), inferred=bool(inferred))
    ordered = [row for row in table if row.metric == HEADLINE and row.slice == "all"]
    clutter = [label for label in (*LABELS, UNLABELLED) if class_of(label) == "clutter"]
    body = [label for label in LABELS if class_of(label) == "body"]
    return TrackSummary(
        track, len(known), sites, entrants, tuple(table), signatures,
        tuple(_label_rows(parts, totals, clutter, inferred)), tuple(_label_rows(parts, totals, body, inferred)),
        verdict(ordered, ranked) if ordered or not table else PHRASES_ALONE,
        tuple(_page_row(row, track, page_f1[page], page_parts[page]) for page, row in sorted(known.items())),
        tuple(pairs), tuple(spread), tuple(correlations(table, ranked)), tuple(disagreements(by_metric, HEADLINE, ranked)), bounds,
    )  # fmt: skip


def _cells(mine: Sequence[Score], metrics: Sequence[Metric], site_of: Mapping[str, str], names: Sequence[str]) -> dict[str, Cells]:
    """Return the cells of each metric that any page has a score of: a metric applies only to gold of its kinds."""
    frame = pd.DataFrame(
        [
            (score.metric, score.extractor, score.page, score.counts.hits, score.counts.predicted, score.counts.expected)
            for score in mine
        ],
        columns=["metric", "extractor", "page", "hits", "predicted", "expected"],
    )  # fmt: skip
    parts = {str(name): part for name, part in frame.groupby("metric")}
    return {
        metric.name: cells(parts[metric.name], site_of, names, metric.figures) for metric in metrics if metric.name in parts
    }  # fmt: skip


def _table(
    metric: Metric, found: Cells, known: Mapping[str, Mapping[str, Any]], quarters: Mapping[str, int],
    status_of: Mapping[tuple[str, str], str], ranked: Sequence[str],
) -> list[Row]:  # fmt: skip
    """Return a metric's rows, slice by slice, each best first."""
    codes = np.array([[STATUSES.index(status_of[name, page]) for page in found.pages] for name in found.extractors])
    table: list[Row] = []
    for part in slices(known, found.pages, quarters, small_sites=metric.name == HEADLINE):
        chosen = codes[:, part.mask]
        counted = {
            name: dict(zip(STATUSES, np.bincount(row, minlength=len(STATUSES)).tolist(), strict=True))
            for name, row in zip(found.extractors, chosen, strict=True)
        }
        some = rows(found.select(part.mask), metric=metric.name, average=metric.average, slice_name=part.name, ranked=ranked)
        table += _best_first([replace(row, statuses=counted[row.extractor]) for row in some])
    return table


def _label_rows(
    parts: Mapping[tuple[str, str], Mapping[str, int]], totals: Mapping[str, Mapping[str, int]], labels: Sequence[str],
    inferred: Collection[str],
) -> list[LabelRow]:  # fmt: skip
    """Return label rows of the pages that people labelled, then those of the `inferred` pages: the two are never added up."""
    found: list[LabelRow] = []
    for guessed in (False, True):
        some = {cell: counts for cell, counts in parts.items() if (cell[1] in inferred) == guessed}
        # What has no label on an inferred page was not guessed either.
        found += (replace(row, inferred=guessed and row.label != UNLABELLED) for row in label_rows(some, totals, labels))
    return found


def signature(metric: Metric, track: Track, digest: str, pages: int, sites: int, *, inferred: bool = False) -> str:
    """Return what a figure depends on; figures of different signatures are never compared."""
    name = "f1" if metric.name == HEADLINE else metric.name
    parts = (
        name, f"m:{metric.version.split('|')[0]}", f"track:{track}", f"tok:{SCHEME}", segment.VERSION, f"gold:{digest[:12]}",
        *([infer.VERSION] if inferred else []), f"n:{pages}/{sites}",
        f"boot:site,{DRAWS},s{SEED}", f"v:{__version__}",
    )  # fmt: skip
    return "|".join(parts)


def _best_first(part: Sequence[Row]) -> list[Row]:
    return sorted(part, key=lambda row: (-(row.f1 if row.f1 is not None else -1.0), row.extractor))


def _page_row(
    row: Mapping[str, Any], track: Track, f1: Mapping[str, float], parts: Mapping[str, Mapping[str, int]]
) -> PageRow:  # fmt: skip
    words = dict.fromkeys(("body", "may", "clutter"), 0)
    for label, count in row["labels"][track].items():
        words[class_of(label)] += count
    return PageRow(row["page"], str(row["site"]), str(row["type"]), str(row["lang"]), words, f1, parts)


def verdict(table: Sequence[Row], ranked: Sequence[str]) -> str:
    """Say in one or two sentences who leads and whether that is a real lead; `table` is the headline's, best first.

    A lead is only called one where the randomisation test says so for all pairs of extractors at once, on enough sites.
    """
    compete = [row for row in table if row.extractor in ranked and row.f1 is not None]
    if not compete:
        return "No extractor ran, so there is nothing to compare."
    leader = compete[0]
    span = f" ({points(leader.f1_interval.low)}–{points(leader.f1_interval.high)})" if leader.f1_interval else ""
    head = f"{leader.extractor} has the highest mean page F1, {points(leader.f1)}{span}, on {leader.pages} pages of {leader.sites} sites."
    others = compete[1:]
    if not others:
        return head
    if leader.sites < FEWEST_SITES:
        return f"{head} {leader.sites} sites are too few to say that it is better than any other here ({FEWEST_SITES} is the least)."
    beaten = [row for row in others if row.separable]
    level = [row for row in others if not row.separable]
    parts = []
    if level:
        nearest = level[0]
        near = f"nearest: {nearest.extractor}, {_difference(nearest)}"
        parts.append(f"With all pairs tested at once, it cannot be told apart from {_names(level)} ({near}).")
    if beaten:
        parts.append(f"It is better than {_names(beaten)} (closest: {beaten[0].extractor}, {_difference(beaten[0])}).")
    return " ".join([head, *parts])


def _names(rows_: Sequence[Row]) -> str:
    names = [row.extractor for row in rows_]
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def _difference(row: Row) -> str:
    assert row.behind is not None
    assert row.behind_interval is not None
    low, high = signed(row.behind_interval.low), signed(row.behind_interval.high)
    return f"at {signed(row.behind)}, paired interval {low} to {high}"


def points(value: float | None) -> str:
    """Format a share as points of 100 with one decimal; 100.0 and 0.0 only for exactly 1 and 0."""
    if value is None:
        return "–"
    text = f"{100 * value:.1f}"
    if text == "100.0" and value < 1:
        return "99.9"
    return "0.1" if text == "0.0" and value > 0 else text


def signed(value: float) -> str:
    """Format a difference of shares as signed points with a real minus sign."""
    text = f"{abs(100 * value):.1f}"
    return text if text == "0.0" else ("−" if value < 0 else "+") + text
