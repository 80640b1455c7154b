"""What a track says beyond its leaderboard: how pages are spread, pairs of extractors, and how other metrics see the same answers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

from harness.report import view
from harness.report.view import Standing
from harness.score import HEADLINE, Metric
from harness.stats import FEWEST_SITES, Correlation, Disagreement, Interval, Pair, Row, Spread
from harness.summary import TrackSummary, points

DISAGREEMENTS_SHOWN = 3
"""Disagreements listed for every two metrics."""
FEWEST_TO_CORRELATE = 5
"""Orders of fewer extractors agree or disagree by chance; the report says so beside their correlation."""


@dataclass(frozen=True, slots=True)
class SpreadLine:
    """One extractor's spread and, for its bar, the percent of pages that are perfect, good, between, and bad."""

    standing: Standing
    spread: Spread
    bar: tuple[float, float, float, float]


def spread_lines(track: TrackSummary, standings: Sequence[Standing]) -> list[SpreadLine]:
    """Return the spread of each extractor that ran, in the leaderboard's order; none where the summary has none."""
    spreads = {spread.extractor: spread for spread in track.spreads}
    lines = []
    for standing in standings:
        if standing.row and (spread := spreads.get(standing.entrant.name)):
            counts = (spread.perfect, spread.good - spread.perfect, standing.row.pages - spread.good - spread.bad, spread.bad)
            bar = [round(100 * number / max(1, standing.row.pages), 1) for number in counts]
            lines.append(SpreadLine(standing, spread, (bar[0], bar[1], bar[2], bar[3])))
    return lines


@dataclass(frozen=True)
class Pairs:
    """Every pair of competing extractors, in the leaderboard's order, the higher one first, and what these pages can show at all."""

    sentence: str
    lines: Sequence[Pair]


def pairs(track: TrackSummary, standings: Sequence[Standing]) -> Pairs | None:
    """Return a track's pairs; None where the summary has none."""
    if not track.pairs:
        return None
    place = {standing.entrant.name: index for index, standing in enumerate(standings)}
    lines = [pair if place[pair.first] < place[pair.second] else _turned(pair) for pair in track.pairs]
    return Pairs(detectable(track), sorted(lines, key=lambda pair: (place[pair.first], place[pair.second])))


def _turned(pair: Pair) -> Pair:
    interval = Interval(-pair.interval.high, -pair.interval.low)
    return replace(pair, first=pair.second, second=pair.first, difference=-pair.difference, interval=interval)


def detectable(track: TrackSummary) -> str:
    """Say from which difference on this many pages can show one: the median pair's figure; '' where there is none."""
    figures = [pair.detectable for pair in track.pairs if math.isfinite(pair.detectable)]
    if not figures:
        return ""
    size = f"{view.plural(track.pages, 'page')} of {view.plural(track.sites, 'site')}"
    low, high = points(min(figures)), points(max(figures))
    span = f" ({low} to {high} for the others)" if len(figures) > 1 and low != high else ""
    few = f" On fewer than {FEWEST_SITES} sites none is called one." if track.sites < FEWEST_SITES else ""
    middle = points(median(figures))
    return f"{size} can show differences from {middle} points on for the median pair{span}; smaller ones may exist unseen.{few}"


def detectable_points(value: float) -> str:
    """Format the smallest detectable difference as points, `–` where there is none."""
    return points(value) if math.isfinite(value) else "–"


@dataclass(frozen=True, slots=True)
class Cell:
    """One extractor under one metric: its F1, its rank among those that compete, and how many places higher than under the headline."""

    f1: float | None
    rank: int | None
    moved: int


@dataclass(frozen=True, slots=True)
class MetricColumn:
    """A metric of the table: the first line of its documentation, how it averages, the pages it applies to, and its signature."""

    name: str
    about: str
    averaging: str
    pages: int
    signature: str


@dataclass(frozen=True)
class MetricTable:
    """Extractors × metrics, the headline first. `absent` names the metrics that apply to no page of the track."""

    columns: Sequence[MetricColumn]
    lines: Sequence[tuple[Standing, Sequence[Cell]]]
    absent: Sequence[str]


def metric_table(track: TrackSummary, metrics: Sequence[Metric], standings: Sequence[Standing]) -> MetricTable | None:
    """Return the table of all metrics; None where there is none beside the headline."""
    tables = {metric.name: {row.extractor: row for row in track.table(metric.name)} for metric in metrics}
    columns = [_metric_column(metric, tables[metric.name], track) for metric in metrics if tables[metric.name]]
    if not any(column.name != HEADLINE for column in columns):
        return None
    ran = [standing for standing in standings if standing.row]
    compete = [standing.entrant.name for standing in ran if standing.apart == 0]
    ranks = {column.name: _ranks(tables[column.name], compete) for column in columns}
    lines = []
    for standing in ran:
        name = standing.entrant.name
        first = ranks.get(HEADLINE, {}).get(name)
        cells = []
        for column in columns:
            row, rank = tables[column.name].get(name), ranks[column.name].get(name)
            cells.append(Cell(row.f1 if row else None, rank, first - rank if first and rank else 0))
        lines.append((standing, cells))
    return MetricTable(columns, lines, [metric.name for metric in metrics if not tables[metric.name]])


def _metric_column(metric: Metric, rows: Mapping[str, Row], track: TrackSummary) -> MetricColumn:
    about = (metric.module.__doc__ or "").strip().partition("\n")[0]
    pages = next(iter(rows.values())).pages
    return MetricColumn(metric.name, about, view.averaging(metric.average), pages, track.signatures.get(metric.name, ""))


def _ranks(rows: Mapping[str, Row], compete: Sequence[str]) -> dict[str, int]:
    """Return ranks from 1 by F1; equal figures share the better rank. Rounded, since sums may differ in their last bit."""
    figures = {name: round(row.f1, 12) for name in compete if (row := rows.get(name)) and row.f1 is not None}
    return {name: 1 + sum(other > figure for other in figures.values()) for name, figure in figures.items()}


@dataclass(frozen=True)
class Agreement:
    """How alike metrics rank. `lines` are metrics × metrics: Spearman's rho right of the diagonal, Kendall's tau left, None on it.

    `disagreements` are the answers that two metrics judge most differently, by the two metrics.
    """

    sentence: str
    names: Sequence[str]
    lines: Sequence[tuple[str, Sequence[float | None]]]
    extractors: int
    disagreements: Sequence[tuple[tuple[str, str], Sequence[Disagreement]]]


def agreement(track: TrackSummary, table: MetricTable | None) -> Agreement | None:
    """Return how a track's metrics agree; None where the summary has no correlations."""
    if not track.correlations:
        return None
    known: dict[tuple[str, str], Correlation] = {}
    for one in track.correlations:
        known[one.first, one.second] = known[one.second, one.first] = one
    mentioned = dict.fromkeys(name for one in track.correlations for name in (one.first, one.second))
    names = sorted(mentioned, key=lambda name: name != HEADLINE)
    lines = [(row, [_coefficient(known, row, column, i < j) for j, column in enumerate(names)]) for i, row in enumerate(names)]
    return Agreement(
        _sentence(known, names, table), names, lines, max(one.extractors for one in track.correlations),
        _by_metrics(track.disagreements),
    )  # fmt: skip


def _by_metrics(found: Sequence[Disagreement]) -> list[tuple[tuple[str, str], Sequence[Disagreement]]]:
    groups: dict[tuple[str, str], list[Disagreement]] = {}
    for one in found:
        groups.setdefault((one.first, one.second), []).append(one)
    return [(names, group[:DISAGREEMENTS_SHOWN]) for names, group in groups.items()]


def _coefficient(known: Mapping[tuple[str, str], Correlation], row: str, column: str, above: bool) -> float | None:
    found = known.get((row, column))
    if found is None:
        return None
    return found.spearman if above else found.kendall


def _sentence(known: Mapping[tuple[str, str], Correlation], names: Sequence[str], table: MetricTable | None) -> str:
    """Say how many metrics have the headline's leader first, and which order is closest to the headline's and which farthest."""
    parts = []
    firsts: dict[str, set[str]] = {}
    if table:
        for index, column in enumerate(table.columns):
            firsts[column.name] = {standing.entrant.name for standing, cells in table.lines if cells[index].rank == 1}
    others = [name for name in firsts if name != HEADLINE]
    if others and firsts.get(HEADLINE):
        leaders = firsts[HEADLINE]
        same = sum(firsts[name] == leaders for name in others)
        parts.append(
            f"{same} of {view.plural(len(others), 'other metric')} put {' and '.join(sorted(leaders))} first, as the headline does."
        )
    with_headline = [(known[HEADLINE, name].spearman, name) for name in names if (HEADLINE, name) in known]
    figures = sorted((-round(rho, 12), name) for rho, name in with_headline if not math.isnan(rho))
    if len(figures) > 1:
        (high, near), (low, far) = figures[0], figures[-1]
        parts.append(
            f"Closest to the headline's order is that of {near} (Spearman {view.coefficient(-high)}), "
            f"farthest that of {far} ({view.coefficient(-low)})."
        )
    return " ".join(parts)
