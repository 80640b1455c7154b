"""Build the report's folder: one page that needs no network and no script, and the plain files beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from harness.escape import visible
from harness.records import UNLABELLED
from harness.report import charts, comparison, spreadsheets, tables, view
from harness.score import HEADLINE
from harness.stats import ALPHA, FEWEST_PAGES, FEWEST_SITES, Row
from harness.store import replace_text
from harness.summary import Failure, PageRow, Summary, TrackSummary, points, signed

_HERE = Path(__file__).parent
_FAILURES_SHOWN = 20
"""Failures listed per extractor: one that fails everywhere must not bury the others. Their number is always given."""


def build(summary: Summary, folder: Path) -> list[Path]:
    """Write `index.html`, `summary.md`, `scores.csv`, `leaks.csv`, `losses.csv` and `pairs.csv` and return their paths.

    Equal summaries give equal bytes. Raises StoreError where the folder cannot be written.
    """
    files = {
        "index.html": _index(summary),
        "summary.md": tables.markdown(summary),
        "scores.csv": spreadsheets.scores_csv(summary),
        "leaks.csv": spreadsheets.leaks_csv(summary),
        "losses.csv": spreadsheets.losses_csv(summary),
        "pairs.csv": spreadsheets.pairs_csv(summary),
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
        inferred=any(row.inferred for track in summary.tracks for row in (*track.leaks, *track.losses)),
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
        "signed": signed, "probability": view.probability, "coefficient": view.coefficient, "averaging": view.averaging,
        "label_words": view.label_words, "breakable": _breakable, "detectable": comparison.detectable_points,
    }  # fmt: skip
    environment.globals |= {
        "alpha": ALPHA, "fewest_pages": FEWEST_PAGES, "fewest_sites": FEWEST_SITES, "fewest_label_pages": view.FEWEST_LABEL_PAGES,
        "heat_bounds": view.HEAT_BOUNDS, "headline": HEADLINE, "failed": view.failed,
        "unlabelled": UNLABELLED, "fewest_to_correlate": comparison.FEWEST_TO_CORRELATE,
        "disagreements_shown": comparison.DISAGREEMENTS_SHOWN,
    }  # fmt: skip
    return environment


def _shown(value: Any) -> Any:
    """Make invisible characters visible in whatever text a template writes; autoescape then makes it harmless."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _breakable(name: str) -> Markup:
    """Return a name for a narrow column: a line may end behind its hyphens and underscores."""
    return escape(visible(name)).replace("_", Markup("_<wbr>")).replace("-", Markup("-<wbr>"))


@dataclass(frozen=True)
class Slice:
    """One slice with its figures, one per extractor of the table, in its order."""

    name: str
    pages: int
    sites: int
    rows: Sequence[Row]


@dataclass(frozen=True)
class PageLine:
    """One page with the spread, 0–1, between its best and worst extractor, reference rows left out."""

    row: PageRow
    spread: float


@dataclass(frozen=True)
class Section:
    """What a template needs for one track."""

    track: TrackSummary
    standings: Sequence[view.Standing]
    dot_plot: Markup | None
    axis_from: float
    precision_recall: Markup | None
    outside: Sequence[str]
    spreads: Sequence[comparison.SpreadLine]
    pairs: comparison.Pairs | None
    leaks: view.Grid
    losses: view.Grid
    untyped: bool
    metrics: comparison.MetricTable | None
    agreement: comparison.Agreement | None
    slices: Sequence[Slice]
    small_slices: Sequence[Slice]
    pages: Sequence[PageLine]
    signature: str

    @property
    def ran(self) -> list[view.Standing]:
        return [standing for standing in self.standings if standing.row]

    @property
    def names(self) -> list[str]:
        return [standing.entrant.name for standing in self.ran]

    @property
    def page_columns(self) -> list[view.Standing]:
        """Return the extractors and the reference rows whose figure is not the same on every page."""
        same = {name for name, _ in self.constant}
        return [standing for standing in self.ran if standing.entrant.name not in same]

    @property
    def constant(self) -> list[tuple[str, float]]:
        """Return the reference rows, such as the gold itself, whose F1 is the same on every page, with that figure."""
        found = []
        for standing in self.ran:
            figures = {round(line.row.f1.get(standing.entrant.name, -1.0), 6) for line in self.pages}
            if standing.apart == 2 and len(self.pages) > 1 and len(figures) == 1:
                found.append((standing.entrant.name, figures.pop()))
        return found

    @property
    def has_reference(self) -> bool:
        return any(standing.apart == 2 for standing in self.standings)

    @property
    def has_complexity(self) -> bool:
        return any(one.name.startswith("complexity=") for one in self.slices)

    @property
    def has_sites(self) -> bool:
        return any(one.name.startswith("site=") for one in self.slices)


def _section(track: TrackSummary, summary: Summary) -> Section:
    standings = view.standings(track)
    ran = [standing for standing in standings if standing.row]
    names = [standing.entrant.name for standing in ran]
    dots, axis_from, cloud, outside = None, 0.0, None, list[str]()
    if ran:
        dots, axis_from = charts.dot_plot(ran, f"{track.track}-chart-f1")
        cloud, outside = charts.precision_recall(ran, f"{track.track}-chart-pr")
    slices = _slices(track, names)
    metrics = comparison.metric_table(track, summary.metrics, standings)
    return Section(
        track, standings, dots, axis_from, cloud, outside,
        spreads=comparison.spread_lines(track, standings),
        pairs=comparison.pairs(track, standings),
        leaks=view.grid(names, track.leaks, lost=False),
        losses=view.grid(names, track.losses, lost=True),
        untyped={row.label for row in track.leaks} == {UNLABELLED},
        metrics=metrics,
        agreement=comparison.agreement(track, metrics),
        slices=[one for one in slices if FEWEST_PAGES <= one.pages < track.pages],
        small_slices=[one for one in slices if one.pages < FEWEST_PAGES and not one.name.startswith("site=")],
        pages=_pages(track, [standing.entrant.name for standing in ran if standing.apart < 2]),
        signature=track.signatures.get(HEADLINE, ""),
    )  # fmt: skip


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
