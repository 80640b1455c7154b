"""A run's scores drawn together: what the report shows and the tables hold, with nothing left to compute but layout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from harness import __version__
from harness.corpus import segment
from harness.records import LABELS, TRACKS, UNLABELLED, Track, class_of
from harness.score import HEADLINE, Metric, Score
from harness.stats import DRAWS, FEWEST_SITES, SEED, LabelRow, Row, cells, label_rows, page_figures, rows
from harness.text import SCHEME

SLICES = ("type", "lang", "origin")
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


@dataclass(frozen=True, slots=True)
class PageRow:
    """One page: its header's site, type and language, its words by class, and each extractor's headline F1."""

    page: str
    site: str
    type: str
    language: str
    words: Mapping[str, int]
    f1: Mapping[str, float]


@dataclass(frozen=True)
class TrackSummary:
    """Everything about one track. `rows` go by metric, slice, then F1; `signatures` by metric; leaks and losses under the headline."""

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
    )  # fmt: skip


def _entrant(row: Mapping[str, Any]) -> Entrant:
    return Entrant(
        row["name"], row["plugin"], row["track"], row["category"], row["version"], row["about"], row["options"], row["did_not_run"]
    )


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
    frame = pd.DataFrame(
        [
            (score.metric, score.extractor, score.page, score.status, score.counts.hits, score.counts.predicted, score.counts.expected)
            for score in mine
        ],
        columns=["metric", "extractor", "page", "status", "hits", "predicted", "expected"],
    )
    table: list[Row] = []
    page_f1: dict[str, dict[str, float]] = {page: {} for page in known}
    for metric in metrics if names and known else ():
        all_cells = cells(frame[frame["metric"] == metric.name], site_of, names)
        for slice_name, wanted in _slices(known, all_cells.pages):
            found = all_cells.select(pd.Series(wanted).to_numpy(dtype=bool))
            part = rows(found, metric=metric.name, average=metric.average, slice_name=slice_name, ranked=ranked)
            counted = _statuses(frame[(frame["metric"] == metric.name) & frame["page"].isin(found.pages)])
            table.extend(_with_statuses(row, counted.get(row.extractor, {})) for row in _best_first(part))
        if metric.name == HEADLINE:
            f1 = page_figures(all_cells)[2]
            for i, name in enumerate(all_cells.extractors):
                for j, page in enumerate(all_cells.pages):
                    page_f1[page][name] = float(f1[i, j])
    headline = [score for score in mine if score.metric == HEADLINE]
    parts = {(score.extractor, score.page): score.parts for score in headline}
    totals = {page: row["labels"][track] for page, row in known.items()}
    signatures = {metric.name: signature(metric, track, digest, len(known), sites) for metric in metrics}
    ordered = [row for row in table if row.metric == HEADLINE and row.slice == "all"]
    clutter = [label for label in (*LABELS, UNLABELLED) if class_of(label) == "clutter"]
    body = [label for label in LABELS if class_of(label) == "body"]
    return TrackSummary(
        track, len(known), sites, entrants, tuple(table), signatures,
        tuple(label_rows(parts, totals, clutter)), tuple(label_rows(parts, totals, body)),
        verdict(ordered, ranked), tuple(_page_row(row, track, page_f1[page]) for page, row in sorted(known.items())),
    )  # fmt: skip


def signature(metric: Metric, track: Track, digest: str, pages: int, sites: int) -> str:
    """Return what a figure depends on; figures of different signatures are never compared."""
    name = "f1" if metric.name == HEADLINE else metric.name
    parts = (
        name, f"m:{metric.version.split('|')[0]}", f"track:{track}", f"tok:{SCHEME}", segment.VERSION, f"gold:{digest[:12]}",
        f"n:{pages}/{sites}",
        f"boot:site,{DRAWS},s{SEED}", f"v:{__version__}",
    )  # fmt: skip
    return "|".join(parts)


def _slices(known: Mapping[str, Mapping[str, Any]], pages: Sequence[str]) -> list[tuple[str, list[bool]]]:
    found = [("all", [True] * len(pages))]
    for key in SLICES:
        for value in sorted({str(known[page][key]) for page in pages if known[page].get(key)}):
            found.append((f"{key}={value}", [str(known[page].get(key)) == value for page in pages]))
    return found


def _best_first(part: Sequence[Row]) -> list[Row]:
    return sorted(part, key=lambda row: (-(row.f1 if row.f1 is not None else -1.0), row.extractor))


def _statuses(frame: pd.DataFrame) -> dict[str, dict[str, int]]:
    counted: dict[str, dict[str, int]] = {}
    for extractor, status in zip(frame["extractor"], frame["status"], strict=True):
        row = counted.setdefault(str(extractor), dict.fromkeys(STATUSES, 0))
        row[str(status)] += 1
    return counted


def _with_statuses(row: Row, statuses: Mapping[str, int]) -> Row:
    return replace(row, statuses=statuses)


def _page_row(row: Mapping[str, Any], track: Track, f1: Mapping[str, float]) -> PageRow:
    words = dict.fromkeys(("body", "may", "clutter"), 0)
    for label, count in row["labels"][track].items():
        words[class_of(label)] += count
    return PageRow(row["page"], str(row["site"]), str(row["type"]), str(row["lang"]), words, f1)


def verdict(table: Sequence[Row], ranked: Sequence[str]) -> str:
    """Say in one or two sentences who leads and whether that is a real lead; `table` is the headline's, best first.

    A lead is only called one where the paired difference stays below zero when widened for all pairs, on enough sites.
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
        parts.append(f"It cannot be told apart from {_names(level)} (nearest: {nearest.extractor}, {_difference(nearest)}).")
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
