"""One track of a summary, arranged for the templates: standings, charts, grids, slices and pages. No layout, no escaping."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from markupsafe import Markup

from harness.records import UNLABELLED
from harness.report import charts, comparison, view
from harness.score import HEADLINE
from harness.stats import FEWEST_PAGES, Row
from harness.summary import PageRow, Summary, TrackSummary


@dataclass(frozen=True)
class Slice:
    """One slice with its figures, one per extractor of the table, in its order."""

    name: str
    pages: int
    sites: int
    rows: Sequence[Row]


@dataclass(frozen=True)
class PageLine:
    """One page with the best, the median and the worst F1 of its extractors, reference rows left out."""

    row: PageRow
    best: float
    middle: float
    worst: float

    @property
    def spread(self) -> float:
        """From the worst to the best, 0–1."""
        return self.best - self.worst


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


def section(track: TrackSummary, summary: Summary) -> Section:
    """Arrange one track and draw its charts."""
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
        values = [row.f1[name] for name in names if name in row.f1] or [0.0]
        lines.append(PageLine(row, max(values), median(values), min(values)))
    # Rounded, so that the last bits of arithmetic do not decide an order.
    return sorted(lines, key=lambda line: (-round(line.spread, 6), line.row.page))
