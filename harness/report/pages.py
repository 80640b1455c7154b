"""Build the report's folder: one page that needs no network and no script, and the plain files beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from harness.records import LABELS, UNLABELLED
from harness.report import charts, tables, view
from harness.score import HEADLINE, Metric
from harness.stats import FEWEST_PAGES, FEWEST_SITES, Row
from harness.store import replace_text
from harness.summary import Failure, PageRow, Summary, TrackSummary, points

_HERE = Path(__file__).parent
_FAILURES_SHOWN = 20
"""Failures listed per extractor: one that fails everywhere must not bury the others. Their number is always given."""


def build(summary: Summary, folder: Path) -> list[Path]:
    """Write `index.html`, `summary.md`, `scores.csv`, `leaks.csv` and `losses.csv` and return their paths.

    Equal summaries give equal bytes. Raises StoreError where the folder cannot be written.
    """
    files = {
        "index.html": _index(summary),
        "summary.md": tables.markdown(summary),
        "scores.csv": tables.scores_csv(summary),
        "leaks.csv": tables.leaks_csv(summary),
        "losses.csv": tables.losses_csv(summary),
    }
    for name, text in files.items():
        replace_text(folder / name, text)
    return [folder / name for name in files]


def _index(summary: Summary) -> str:
    style = (_HERE / "assets" / "report.css").read_text(encoding="utf-8")
    page = _environment().get_template("index.html.j2").render(
        summary=summary,
        style=Markup(style),
        tracks=[_section(track, summary) for track in summary.tracks],
        failures=_failures(summary.failures),
        failures_shown=_FAILURES_SHOWN,
        entrants=[entrant for track in summary.tracks for entrant in track.entrants],
        labels=LABELS,
    )  # fmt: skip
    return page.rstrip() + "\n"


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        finalize=_shown,
    )  # fmt: skip
    environment.filters |= {
        "points": points, "count": view.count, "plural": view.plural, "rank": view.rank, "behind": view.behind,
        "statuses": view.failed_by_status, "heat": view.heat, "interval": view.with_interval, "short": view.shortened, "literal": repr,
    }  # fmt: skip
    environment.globals |= {
        "fewest_pages": FEWEST_PAGES, "fewest_sites": FEWEST_SITES, "fewest_label_pages": view.FEWEST_LABEL_PAGES,
        "heat_bounds": view.HEAT_BOUNDS, "headline": HEADLINE, "failed": view.failed,
    }  # fmt: skip
    return environment


def _shown(value: Any) -> Any:
    """Make invisible characters visible in whatever text a template writes; autoescape then makes it harmless."""
    return view.visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@dataclass(frozen=True)
class Other:
    """A metric beside the headline: its standings in the headline's order of rows, and what it depends on."""

    metric: Metric
    about: str
    rows: Sequence[Row]
    signature: str


@dataclass(frozen=True)
class Slice:
    """One slice with its figures, one per extractor of the table, in its order."""

    name: str
    pages: int
    sites: int
    rows: Sequence[Row]


@dataclass(frozen=True)
class PageLine:
    """One page with the spread, 0–1, between its best and worst extractor, baselines left out."""

    row: PageRow
    spread: float


@dataclass(frozen=True)
class Section:
    """What a template needs for one track."""

    track: TrackSummary
    standings: Sequence[view.Standing]
    names: Sequence[str]
    dot_plot: Markup | None
    axis_from: float
    precision_recall: Markup | None
    outside: Sequence[str]
    leaks: view.Grid
    losses: view.Grid
    untyped: bool
    others: Sequence[Other]
    slices: Sequence[Slice]
    small_slices: Sequence[Slice]
    pages: Sequence[PageLine]
    signature: str


def _section(track: TrackSummary, summary: Summary) -> Section:
    standings = view.standings(track)
    ran = [standing for standing in standings if standing.row]
    names = [standing.entrant.name for standing in ran]
    dots, axis_from, cloud, outside = None, 0.0, None, list[str]()
    if ran:
        dots, axis_from = charts.dot_plot(ran, f"{track.track}-chart-f1")
        cloud, outside = charts.precision_recall(ran, f"{track.track}-chart-pr")
    slices = _slices(track, names)
    return Section(
        track, standings, names, dots, axis_from, cloud, outside,
        leaks=view.grid(names, track.leaks, lost=False),
        losses=view.grid(names, track.losses, lost=True),
        untyped={row.label for row in track.leaks} == {UNLABELLED},
        others=[_other(track, metric) for metric in summary.metrics if metric.name != HEADLINE and track.table(metric.name)],
        slices=[one for one in slices if FEWEST_PAGES <= one.pages < track.pages],
        small_slices=[one for one in slices if one.pages < FEWEST_PAGES],
        pages=_pages(track, [standing.entrant.name for standing in ran if standing.entrant.category != "baseline"]),
        signature=track.signatures.get(HEADLINE, ""),
    )  # fmt: skip


def _other(track: TrackSummary, metric: Metric) -> Other:
    about = (metric.module.__doc__ or "").strip()
    return Other(metric, about.partition("\n")[0], track.table(metric.name), track.signatures.get(metric.name, ""))


def _slices(track: TrackSummary, names: Sequence[str]) -> list[Slice]:
    found: dict[str, dict[str, Row]] = {}
    for row in track.rows:
        if row.metric == HEADLINE and row.slice != "all":
            found.setdefault(row.slice, {})[row.extractor] = row
    slices = []
    for name, by_extractor in found.items():
        first = next(iter(by_extractor.values()))
        slices.append(Slice(name, first.pages, first.sites, [by_extractor[extractor] for extractor in names]))
    return slices


def _pages(track: TrackSummary, names: Sequence[str]) -> list[PageLine]:
    """Return a track's pages, those first where its extractors differ most: there is most to learn."""
    lines = []
    for row in track.page_rows:
        values = [row.f1[name] for name in names if name in row.f1]
        lines.append(PageLine(row, max(values) - min(values) if values else 0.0))
    # Rounded, so that the last bits of arithmetic do not decide an order.
    return sorted(lines, key=lambda line: (-round(line.spread, 6), line.row.page))


def _failures(failures: Sequence[Failure]) -> list[tuple[str, list[Failure]]]:
    by_extractor: dict[str, list[Failure]] = {}
    for failure in failures:
        by_extractor.setdefault(failure.extractor, []).append(failure)
    return list(by_extractor.items())
