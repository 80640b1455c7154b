"""One track of a summary, arranged for the templates: standings, charts, grids, slices and pages. No layout, no escaping."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from markupsafe import Markup

from harness.records import LABELS, UNLABELLED, class_of
from harness.report import charts, comparison, strips, view
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
    slice_plot: Markup | None
    page_plot: Markup | None
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

    def leak_index(self, row: PageRow) -> str:
        """Say for a page which kinds of clutter which extractors let through: `nav:0.2 trending:1`, the numbers being places in `ran`."""
        found: dict[str, list[str]] = {}
        for number, standing in enumerate(self.ran):
            if standing.apart < 2:
                for label, words in row.parts.get(standing.entrant.name, {}).items():
                    if words and label in LABELS and class_of(label) == "clutter":
                        found.setdefault(label.removeprefix("x-"), []).append(str(number))
        return " ".join(f"{label}:{'.'.join(places)}" for label, places in sorted(found.items()))

    def costs(self, document: Mapping[str, Any]) -> list[strips.Cost]:
        """Return what `clutterbench time` measured of the extractors that ran."""
        return strips.costs(self.ran, document)

    def speed_plot(self, document: Mapping[str, Any]) -> Markup | None:
        """Draw F1 over cost, of more than one extractor."""
        found = self.costs(document)
        return strips.speed_plot(found, f"{self.track.track}-chart-speed") if len(found) > 1 else None

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
    large = [one for one in slices if FEWEST_PAGES <= one.pages < track.pages]
    pages = _pages(track, [standing.entrant.name for standing in ran if standing.apart < 2])
    compete = any(standing.apart == 0 for standing in ran)
    metrics = comparison.metric_table(track, summary.metrics, view.scored_standings(track))
    return Section(
        track, standings, dots, axis_from, cloud, outside,
        slice_plot=strips.slice_plot(ran, large, f"{track.track}-chart-slices") if large and compete else None,
        page_plot=strips.page_plot(pages, f"{track.track}-chart-pages") if pages and compete else None,
        spreads=comparison.spread_lines(track, standings),
        pairs=comparison.pairs(track, standings),
        leaks=view.grid(names, track.leaks, lost=False),
        losses=view.grid(names, track.losses, lost=True),
        untyped={row.label for row in track.leaks} == {UNLABELLED},
        metrics=metrics,
        agreement=comparison.agreement(track, metrics),
        slices=large,
        small_slices=[one for one in slices if one.pages < FEWEST_PAGES and not one.name.startswith("site=")],
        pages=pages,
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
        if not row.f1 and track.rows:
            continue  # its gold is phrases alone, so no answer has an F1 on it
        values = [row.f1[name] for name in names if name in row.f1] or [0.0]
        lines.append(PageLine(row, max(values), median(values), min(values)))
    # Rounded, so that the last bits of arithmetic do not decide an order.
    return sorted(lines, key=lambda line: (-round(line.spread, 6), line.row.page))
