"""The pictures of a track: the leaderboard, precision over recall, parts of the corpus, its pages, cost. Drawn by `drawing`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

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
    settings,
    shown_name,
    svg_file,
    ticks,
    write,
)
from harness.report.placement import CHARACTER, Box, Label, place
from harness.report.view import Standing
from harness.stats import Interval

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_ROW = 23


def dot_plot(standings: Sequence[Standing], identity: str) -> tuple[Markup, float]:
    """Draw F1 with its interval, one row per extractor that ran. Returns the SVG and where its axis begins, 0–100."""
    with settings():
        figure, low, title, words = _dots(standings)
        return inline_svg(figure, identity, title, words), low


def leaderboard_file(standings: Sequence[Standing], theme: str) -> str:
    """Draw the same as an SVG file in the colours of `light` or `dark`."""
    with settings():
        figure, _, title, words = _dots(standings)
        return svg_file(figure, theme, title, words)


def _dots(standings: Sequence[Standing]) -> tuple[Figure, float, str, str]:
    """Return the figure, where its axis begins, and what it says in words."""
    shown = [(standing, standing.row) for standing in standings if standing.row is not None and standing.row.f1 is not None]
    real = [row for standing, row in shown if standing.apart < 2] or [row for _, row in shown]
    low = axis_begin([value for row in real for value in _span(row.f1, row.f1_interval)])
    places = _rows_with_gaps([standing.apart for standing, _ in shown])
    left = 24 + CHARACTER * max(len(shown_name(standing)) for standing, _ in shown)
    height, right, bottom, top = _ROW * (places[-1] + 1) + 60, 212, 30, 30
    figure, axes = new_figure(height, Box(left, bottom, WIDTH - right, height - top))
    axes.set(xlim=(low, 100), ylim=(places[-1] + 0.6, -0.6), yticks=[])
    axes.set_xticks(ticks(low, 100))
    axes.grid(axis="x", color=LINE_COLOUR, linewidth=1)
    axes.set_axisbelow(True)
    values, ranks = WIDTH - 72.0, WIDTH - 14.0
    for x, word in ((values, "F1 (95 % interval)"), (ranks, "rank")):
        write(figure, x, height - 14, word, height, color=MUTED, ha="right")
    apart = 0
    for number, ((standing, row), place_) in enumerate(zip(shown, places, strict=True)):
        colour, marker = STYLE[standing.entrant.category]
        step = (height - top - bottom) / (places[-1] + 1.2)
        y = height - top - (place_ + 0.6) * step
        ink = TEXT if standing.apart < 2 else MUTED
        if standing.apart != apart:
            apart = standing.apart
            write(figure, 4, y + step, standing.group, height, color=MUTED, ha="left", size=10.5, covers=True)
        write(figure, left - 10, y, shown_name(standing), height, color=ink, ha="right")
        write(figure, values, y, view.with_interval(row.f1, row.f1_interval), height, color=ink, ha="right")
        write(figure, ranks, y, view.rank(row), height, color=ink, ha="right")
        at = in_points(row.f1)
        if at < low:
            write(figure, left + 4, y, "◂ off the scale", height, color=MUTED, ha="left", size=10.5)
            continue
        if row.f1_interval:
            ends = [max(low, in_points(row.f1_interval.low)), in_points(row.f1_interval.high)]
            axes.plot(ends, [place_, place_], color=colour, linewidth=2, clip_on=False, solid_capstyle="round")
            if in_points(row.f1_interval.low) < low:
                axes.plot([low], [place_], marker="<", markersize=5, color=colour, markeredgewidth=0, clip_on=False)
        axes.plot([at], [place_], marker=marker, markersize=8, color=colour, markeredgecolor=SURFACE, clip_on=False, gid=f"mark-{number}")
    words = "; ".join(f"{standing.entrant.name} {view.with_interval(row.f1, row.f1_interval)}" for standing, row in shown)
    title = f"Mean page F1 with 95 % interval, axis from {low:.0f} to 100"
    return figure, low, title, words


def precision_recall(standings: Sequence[Standing], identity: str) -> tuple[Markup, list[str]]:
    """Draw precision over recall with interval arms and lines of equal F1. Returns the SVG and the names outside its cut-out.

    Reference rows are small marks without arms, and left out where they lie outside.
    """
    found = [(standing, standing.row) for standing in standings if standing.row is not None and standing.row.f1 is not None]
    real = [row for standing, row in found if standing.apart < 2] or [row for _, row in found]
    x_low = axis_begin([value for row in real for value in _span(row.recall, row.recall_interval)])
    y_low = axis_begin([value for row in real for value in _span(row.precision, row.precision_interval)])
    inside = [
        (one, row)
        for one, row in found
        if (in_points(row.recall) if one.apart == 2 else _span(row.recall, row.recall_interval)[0]) >= x_low
        and (in_points(row.precision) if one.apart == 2 else _span(row.precision, row.precision_interval)[0]) >= y_low
    ]
    outside = [standing.entrant.name for standing, row in found if (standing, row) not in inside and standing.apart < 2]
    height = 470
    frame = Box(44, 46, WIDTH - 52, height - 34)
    with settings():
        figure, axes = new_figure(height, frame)
        axes.set(xlim=(x_low, 100), ylim=(y_low, 100))
        axes.set_xticks(ticks(x_low, 100))
        axes.set_yticks(ticks(y_low, 100))
        write(figure, 10, height - 10, "↑ precision: share of the answer that is body", height, color=MUTED, ha="left")
        write(figure, frame.right, 10, "recall: share of the body that was kept →", height, color=MUTED, ha="right")
        across, up = (frame.right - frame.left) / (100 - x_low), (frame.top - frame.bottom) / (100 - y_low)

        def pixel(recall: float, precision: float) -> tuple[float, float]:
            return frame.left + (recall - x_low) * across, frame.bottom + (precision - y_low) * up

        taken = _equal_f1(figure, axes, x_low, y_low, height, pixel)
        dots: list[tuple[float, float]] = []
        for standing, row in inside:
            colour, marker = STYLE[standing.entrant.category]
            x, y = in_points(row.recall), in_points(row.precision)
            if standing.apart == 2:
                axes.plot([x], [y], marker=marker, markersize=4.5, color=colour, markeredgewidth=0, clip_on=False, zorder=3)
                dots.append(pixel(x, y))
                continue
            if row.recall_interval and row.precision_interval:
                wide, tall = _span(row.recall, row.recall_interval), _span(row.precision, row.precision_interval)
                axes.plot(wide, [y, y], color=colour, linewidth=1, alpha=0.55, clip_on=False)
                axes.plot([x, x], tall, color=colour, linewidth=1, alpha=0.55, clip_on=False)
                (left, middle), (right, _) = pixel(wide[0], y), pixel(wide[1], y)
                (centre, bottom), (_, top) = pixel(x, tall[0]), pixel(x, tall[1])
                taken += [Box(left, middle - 1, right, middle + 1), Box(centre - 1, bottom, centre + 1, top)]
            axes.plot([x], [y], marker=marker, markersize=8.5, color=colour, markeredgecolor=SURFACE, clip_on=False, zorder=4)
            dots.append(pixel(x, y))
        labels = place(dots, [shown_name(standing) for standing, _ in inside], frame, taken)
        for (standing, _), (x, y), label in zip(inside, dots, labels, strict=True):
            _label(figure, shown_name(standing), x, y, label, height, quiet=standing.apart == 2)
        words = "; ".join(
            f"{one.entrant.name} precision {view.with_interval(row.precision, row.precision_interval)}, "
            f"recall {view.with_interval(row.recall, row.recall_interval)}"
            for one, row in found
        )
        title = f"Precision from {y_low:.0f} to 100 over recall from {x_low:.0f} to 100, with 95 % intervals"
        return inline_svg(figure, identity, title, words), outside


def _equal_f1(figure: Figure, axes: Axes, x_low: float, y_low: float, height: float, pixel: Any) -> list[Box]:
    """Draw the lines of equal F1, each named where it leaves the plot; returns the boxes of the names inside it."""
    least = 2 * x_low * y_low / (x_low + y_low) if x_low and y_low else 0.0
    step = next(step for step in (1, 2, 5, 10, 20) if (100 - least) / step <= 6)
    taken: list[Box] = []
    for f1 in range(step, 100, step):
        end = min(100.0, f1 * y_low / (2 * y_low - f1) if 2 * y_low > f1 else 100.0)
        start = max(x_low, f1 * 100 / (200 - f1))
        if start >= end:
            continue
        recalls = [start + (end - start) * i / 40 for i in range(41)]
        axes.plot(recalls, [f1 * r / (2 * r - f1) for r in recalls], color=LINE_COLOUR, linewidth=1, clip_on=False, zorder=0.5)
        x, y = pixel(end, f1 * end / (2 * end - f1))
        if end == 100:
            write(figure, x + 6, y, f"F1 {f1}", height, color=MUTED, ha="left", size=10.5)
        else:
            write(figure, x + 5, y + 9, f"F1 {f1}", height, color=MUTED, ha="left", size=10.5)
            taken.append(Box(x + 3, y + 2, x + 42, y + 16))
    return taken


def _label(figure: Figure, name: str, x: float, y: float, label: Label, height: float, *, quiet: bool) -> None:
    from matplotlib.lines import Line2D

    box = label.box
    if label.joined:
        near = (min(max(x, box.left), box.right), min(max(y, box.bottom), box.top))
        line = Line2D([x / WIDTH, near[0] / WIDTH], [y / height, near[1] / height], color=MUTED, linewidth=0.7)
        figure.add_artist(line)
    # Text begins at the side that faces the point, so a font wider or narrower than assumed stays clear of it.
    side = "left" if box.left >= x else "right" if box.right <= x else "center"
    at = {"left": box.left, "right": box.right, "center": (box.left + box.right) / 2}[side]
    write(figure, at, (box.bottom + box.top) / 2, name, height, color=MUTED if quiet else TEXT, ha=side, size=10.5 if quiet else 12)


def _span(value: float | None, interval: Interval | None) -> tuple[float, float]:
    return (in_points(interval.low), in_points(interval.high)) if interval else (in_points(value), in_points(value))


def _rows_with_gaps(groups: Sequence[int]) -> list[int]:
    """Return the row of each entry, with one row left free where the group changes and above a first one that does not compete."""
    rows: list[int] = [0] if groups and groups[0] else []
    for index, group in enumerate(groups):
        changed = index > 0 and group != groups[index - 1]
        rows.append(rows[-1] + 1 + changed if rows else 0)
    return rows[-len(groups) :]
