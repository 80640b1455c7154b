"""Pictures of a track beyond its leaderboard: parts of the corpus, its pages, cost against F1, and the heat map for the README."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Protocol

from markupsafe import Markup

from harness.escape import visible
from harness.report import view
from harness.report.drawing import (
    LINE_COLOUR,
    MUTED,
    STYLE,
    SURFACE,
    TEXT,
    WIDTH,
    axis_begin,
    in_points,
    inline_svg,
    new_figure,
    palette,
    settings,
    shown_name,
    svg_file,
    ticks,
    write,
)
from harness.report.placement import CHARACTER, Box, place
from harness.report.view import Standing
from harness.stats import Row
from harness.summary import points

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROW = 20
_MOST_PAGES = 400
"""More lines than this are no picture any more and a large file; then every second page is drawn, or every third."""


class _Part(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def pages(self) -> int: ...
    @property
    def rows(self) -> Sequence[Row]: ...


class _Line(Protocol):
    @property
    def best(self) -> float: ...
    @property
    def middle(self) -> float: ...
    @property
    def worst(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Cost:
    """What `clutterbench time` measured of an extractor: CPU as a multiple of the reference's, least and most, and its mean F1."""

    name: str
    standing: Standing
    middle: float
    low: float
    high: float
    milliseconds: str

    @property
    def f1(self) -> float | None:
        return self.standing.row.f1 if self.standing.row else None

    @property
    def ratio(self) -> str:
        """The multiple with its range, three significant digits."""
        return f"{_three(self.middle)} ({_three(self.low)}–{_three(self.high)})"


def slice_plot(ran: Sequence[Standing], parts: Sequence[_Part], identity: str) -> Markup:
    """Draw one row for each part of the corpus with a mark for each competing extractor; the first one's is a bar."""
    compete = [index for index, one in enumerate(ran) if one.apart == 0]
    figures = {part.name: [in_points(part.rows[index].f1) for index in compete] for part in parts}
    low = axis_begin([value for values in figures.values() for value in values])
    left = 24 + CHARACTER * max(len(part.name) + len(f" ({part.pages})") for part in parts)
    height, bottom, top = _ROW * len(parts) + 50, 30, 10
    with settings():
        figure, axes = new_figure(height, Box(left, bottom, WIDTH - 20, height - top))
        _across(axes, low, len(parts))
        for place_, part in enumerate(parts):
            y = height - top - (place_ + 0.6) * (height - top - bottom) / (len(parts) + 0.2)
            write(figure, left - 10, y, _ascii(f"{part.name} ({part.pages})"), height, color=TEXT, ha="right", size=11)
            values = figures[part.name]
            axes.plot([min(values), max(values)], [place_, place_], color=LINE_COLOUR, linewidth=2, zorder=1)
        # One call for each extractor, since each call defines its mark anew.
        for number, index in enumerate(compete):
            colour, marker = STYLE[ran[index].entrant.category]
            mark: dict[str, Any] = {"marker": marker, "markersize": 6, "color": colour, "alpha": 0.7, "zorder": 3}
            if number == 0:
                mark = {"marker": "|", "markersize": 13, "color": TEXT, "markeredgewidth": 2, "zorder": 4}
            across = [figures[part.name][number] for part in parts]
            axes.plot(across, range(len(parts)), linestyle="none", clip_on=False, **mark)
        words = "; ".join(f"{part.name}: {points(min(v) / 100)} to {points(max(v) / 100)}" for part in parts for v in [figures[part.name]])
        return inline_svg(figure, identity, f"Mean page F1 by part of the corpus, axis from {low:.0f} to 100", words)


def page_plot(lines: Sequence[_Line], identity: str) -> Markup:
    """Draw every page as a line from the worst extractor's F1 to the best one's, with a mark at the median, by median."""
    order = sorted(lines, key=lambda line: (round(line.middle, 6), round(line.best, 6), round(line.worst, 6)))
    order = order[:: math.ceil(len(order) / _MOST_PAGES)]
    height, frame = 240, Box(44, 30, WIDTH - 10, 214)
    with settings():
        figure, axes = new_figure(height, frame)
        axes.set(xlim=(-1, len(order)), ylim=(0, 100), xticks=[])
        axes.set_yticks(ticks(0, 100))
        axes.grid(axis="y", color=LINE_COLOUR, linewidth=1)
        axes.set_axisbelow(True)
        write(figure, 10, height - 12, "↑ page F1", height, color=MUTED, ha="left", size=11)
        write(figure, frame.right, 14, f"{len(order)} pages, hardest first →", height, color=MUTED, ha="right", size=11)
        wide = max(1.0, min(6.0, 0.6 * (frame.right - frame.left) / len(order)))
        places = range(len(order))
        low, high = [in_points(line.worst) for line in order], [in_points(line.best) for line in order]
        # One path with gaps is a tenth of as many paths.
        across = [place_ for place_ in places for _ in range(3)]
        up = [end for pair in zip(low, high, strict=True) for end in (*pair, math.nan)]
        axes.plot(across, up, color=STYLE["extractor"][0], linewidth=wide, alpha=0.45, solid_capstyle="butt")
        middle = [in_points(line.middle) for line in order]
        axes.plot(places, middle, linestyle="none", marker="o", markersize=max(2.0, min(6.0, wide + 1)), color=TEXT, markeredgewidth=0)
        words = f"{len(order)} pages; medians from {points(min(middle) / 100)} to {points(max(middle) / 100)}"
        return inline_svg(figure, identity, "F1 of every page from the worst to the best extractor", words)


def speed_plot(costs: Sequence[Cost], identity: str) -> Markup:
    """Draw F1 over CPU time on a log scale, with steps through the extractors that none is both faster and higher than."""
    height = 380
    frame = Box(44, 46, WIDTH - 20, height - 34)
    low = axis_begin([in_points(cost.f1) for cost in costs])
    begin, end = min(cost.low for cost in costs) / 1.5, max(cost.high for cost in costs) * 1.5
    with settings():
        figure, axes = new_figure(height, frame)
        axes.set(xscale="log", xlim=(begin, end), ylim=(low, 100))
        axes.set_yticks(ticks(low, 100))
        marks = _round(begin, end)
        axes.set_xticks(marks, labels=[f"{mark:g} ×" for mark in marks])
        axes.set_xticks([], minor=True)
        write(figure, 10, height - 10, "↑ mean page F1", height, color=MUTED, ha="left")
        write(figure, frame.right, 10, "CPU time as a multiple of the reference’s →", height, color=MUTED, ha="right")
        front = _frontier(costs)
        across = [cost.middle for cost in front] + [end]
        axes.step(across, [in_points(cost.f1) for cost in front] + [in_points(front[-1].f1)], where="post", color=MUTED, linewidth=1)

        def pixel(ratio: float, f1: float) -> tuple[float, float]:
            share = math.log(ratio / begin) / math.log(end / begin)
            return frame.left + share * (frame.right - frame.left), frame.bottom + (f1 - low) / (100 - low) * (frame.top - frame.bottom)

        # Names keep clear of the steps.
        corners = [pixel(x, in_points(cost.f1)) for x, cost in zip(across, [*front, front[-1]], strict=True)]
        steps = [Box(x, y - 2, right, y + 2) for (x, y), (right, _) in pairwise(corners)]
        steps += [Box(x - 2, below, x + 2, y) for (_, below), (x, y) in pairwise(corners)]
        dots = []
        for cost in costs:
            colour, marker = STYLE[cost.standing.entrant.category]
            y = in_points(cost.f1)
            axes.plot([cost.low, cost.high], [y, y], color=colour, linewidth=1, alpha=0.55)
            axes.plot([cost.middle], [y], marker=marker, markersize=8, color=colour, markeredgecolor=SURFACE, clip_on=False)
            dots.append(pixel(cost.middle, y))
        for cost, label in zip(costs, place(dots, [shown_name(cost.standing) for cost in costs], frame, steps), strict=True):
            box = label.box
            write(
                figure, (box.left + box.right) / 2, (box.bottom + box.top) / 2, shown_name(cost.standing), height, color=TEXT, ha="center"
            )
        words = "; ".join(f"{cost.name} {cost.ratio}, F1 {points(cost.f1)}" for cost in costs)
        return inline_svg(figure, identity, "Mean page F1 over CPU time", words)


def _round(begin: float, end: float) -> list[float]:
    """Return the round numbers of a log scale: 1, 2 and 5 of each decade, or 1 alone over more than two decades."""
    powers = range(math.floor(math.log10(begin)), math.ceil(math.log10(end)) + 1)
    steps = (1, 2, 5) if end / begin <= 100 else (1,)
    return [step * 10.0**power for power in powers for step in steps if begin <= step * 10.0**power <= end]


def _frontier(costs: Sequence[Cost]) -> list[Cost]:
    """Return the costs that none other undercuts at the same or a higher F1, cheapest first."""
    front: list[Cost] = []
    for cost in sorted(costs, key=lambda cost: (cost.middle, -(cost.f1 or 0))):
        if not front or (cost.f1 or 0) > (front[-1].f1 or 0):
            front.append(cost)
    return front


def costs(ran: Sequence[Standing], document: Mapping[str, Any]) -> list[Cost]:
    """Return what was measured of the extractors that ran, cheapest first; `document` is what `clutterbench time` stored, or empty."""
    rows = {row["extractor"]: row for row in document.get("costs", ()) if row["ratio"] is not None}
    found = [
        Cost(
            one.entrant.name, one, row["ratio"], row["ratio_low"], row["ratio_high"],
            _three(row["page_median"]) if row["page_median"] is not None else "–",
        )
        for one in ran
        if one.apart < 2 and (row := rows.get(one.entrant.name))
    ]  # fmt: skip
    return sorted(found, key=lambda cost: (cost.middle, cost.name))


def heat_file(ran: Sequence[Standing], grid: view.Grid, theme: str, most: int = 10) -> str:
    """Draw the leak table as an SVG file for the README: extractors that compete × the most common labels, the figure in each cell."""
    rows = [one for one in ran if one.apart < 2]
    columns = [column for column in grid.columns if not column.inferred][:most] or list(grid.columns[:most])
    left = 16 + CHARACTER * max(len(shown_name(one)) for one in rows)
    height, top = 26 * len(rows) + 66, 56
    wide = (WIDTH - 10 - left) / max(1, len(columns))
    colours = palette(theme)
    with settings():
        figure, axes = new_figure(height, Box(left, 10, WIDTH - 10, height - top))
        axes.set(xlim=(0, len(columns)), ylim=(len(rows), 0), xticks=[], yticks=[])
        axes.spines["bottom"].set_visible(False)
        write(figure, 8, height - 14, "Percent of the words of each kind of clutter let through", height, color=MUTED, ha="left", size=11)
        for number, column in enumerate(columns):
            across = left + (number + 0.5) * wide
            write(figure, across, height - 40, _ascii(column.label.removeprefix("x-")), height, color=TEXT, ha="center", size=10.5)
        for line, standing in enumerate(rows):
            y = height - top - (line + 0.5) * (height - top - 10) / len(rows)
            write(figure, left - 8, y, shown_name(standing), height, color=TEXT, ha="right", size=11)
            for number, column in enumerate(columns):
                rate = grid.lines[standing.entrant.name][grid.columns.index(column)]
                if step := view.heat(rate):
                    axes.fill_between([number, number + 0.96], line + 0.03, line + 0.97, color=colours[f"heat-{step}"], linewidth=0)
                write(figure, left + (number + 0.5) * wide, y, points(rate), height, color=TEXT, ha="center", size=11)
        words = "; ".join(f"{one.entrant.name} " + ", ".join(map(points, grid.lines[one.entrant.name][: len(columns)])) for one in rows)
        return svg_file(figure, theme, "What leaks: " + ", ".join(column.label for column in columns), words)


def _across(axes: Axes, low: float, rows: int) -> None:
    axes.set(xlim=(low, 100), ylim=(rows - 0.4, -0.6), yticks=[])
    axes.set_xticks(ticks(low, 100))
    axes.grid(axis="x", color=LINE_COLOUR, linewidth=1)
    axes.set_axisbelow(True)


def _ascii(text: str) -> str:
    return view.shortened(visible(text.encode("ascii", "backslashreplace").decode()), 40)


def _three(value: float) -> str:
    """Format with three significant digits."""
    return f"{value:.3g}" if value < 1000 else f"{value:.0f}"
