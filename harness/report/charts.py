"""The two pictures, as SVG to stand inside a page: matplotlib draws, then colours become the page's CSS variables.

matplotlib repeats byte for byte only with a fixed hash salt and without its metadata; coordinates are cut to two decimals, so that
the last bits of another machine's arithmetic do not show. Figures are objects of their own: nothing global is open afterwards.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from harness.escape import visible
from harness.report import view
from harness.report.placement import CHARACTER, Box, Label, place
from harness.report.view import Standing
from harness.stats import Interval

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Colours that nothing else has, drawn first and replaced by variables afterwards, so that one picture serves light, dark and print.
_TEXT, _MUTED, _LINE, _SURFACE = "#010101", "#020202", "#030303", "#070707"
_STYLE = {"extractor": ("#040404", "o"), "converter": ("#050505", "s"), "reference": ("#080808", "D"), "baseline": ("#060606", "^")}
_VARIABLES = {
    _TEXT: "text", _MUTED: "muted", _LINE: "line", _SURFACE: "surface",
    "#040404": "extractor", "#050505": "converter", "#060606": "baseline",
    "#080808": "reference",
}  # fmt: skip
_WIDTH = 720
_LONGEST_NAME = 30
_ROW = 23


def dot_plot(standings: Sequence[Standing], identity: str) -> tuple[Markup, float]:
    """Draw F1 with its interval, one row per extractor that ran. Returns the SVG and where its axis begins, 0–100."""
    shown = [(standing, standing.row) for standing in standings if standing.row is not None and standing.row.f1 is not None]
    real = [row for standing, row in shown if standing.apart < 2] or [row for _, row in shown]
    low = _floor([value for row in real for value in _span(row.f1, row.f1_interval)])
    places = _rows_with_gaps([standing.apart for standing, _ in shown])
    left = 24 + CHARACTER * max(len(_name(standing)) for standing, _ in shown)
    height, right, bottom, top = _ROW * (places[-1] + 1) + 60, 212, 30, 30
    with _defaults():
        figure, axes = _figure(height, Box(left, bottom, _WIDTH - right, height - top))
        axes.set(xlim=(low, 100), ylim=(places[-1] + 0.6, -0.6), yticks=[])
        axes.set_xticks(_ticks(low, 100))
        axes.grid(axis="x", color=_LINE, linewidth=1)
        axes.set_axisbelow(True)
        values, ranks = _WIDTH - 72.0, _WIDTH - 14.0
        for x, word in ((values, "F1 (95 % interval)"), (ranks, "rank")):
            _write(figure, x, height - 14, word, height, color=_MUTED, ha="right")
        apart = 0
        for (standing, row), place_ in zip(shown, places, strict=True):
            colour, marker = _STYLE[standing.entrant.category]
            step = (height - top - bottom) / (places[-1] + 1.2)
            y = height - top - (place_ + 0.6) * step
            ink = _TEXT if standing.apart < 2 else _MUTED
            if standing.apart != apart:
                apart = standing.apart
                _write(figure, 4, y + step, standing.group, height, color=_MUTED, ha="left", size=10.5, covers=True)
            _write(figure, left - 10, y, _name(standing), height, color=ink, ha="right")
            _write(figure, values, y, view.with_interval(row.f1, row.f1_interval), height, color=ink, ha="right")
            _write(figure, ranks, y, view.rank(row), height, color=ink, ha="right")
            at = _points(row.f1)
            if at < low:
                _write(figure, left + 4, y, "◂ off the scale", height, color=_MUTED, ha="left", size=10.5)
                continue
            if row.f1_interval:
                ends = [max(low, _points(row.f1_interval.low)), _points(row.f1_interval.high)]
                axes.plot(ends, [place_, place_], color=colour, linewidth=2, clip_on=False, solid_capstyle="round")
                if _points(row.f1_interval.low) < low:
                    axes.plot([low], [place_], marker="<", markersize=5, color=colour, markeredgewidth=0, clip_on=False)
            axes.plot([at], [place_], marker=marker, markersize=8, color=colour, markeredgecolor=_SURFACE, clip_on=False)
        words = "; ".join(f"{standing.entrant.name} {view.with_interval(row.f1, row.f1_interval)}" for standing, row in shown)
        title = f"Mean page F1 with 95 % interval, axis from {low:.0f} to 100"
        return _svg(figure, identity, title, words), low


def precision_recall(standings: Sequence[Standing], identity: str) -> tuple[Markup, list[str]]:
    """Draw precision over recall with interval arms and lines of equal F1. Returns the SVG and the names outside its cut-out.

    Reference rows are small marks without arms, and left out where they lie outside.
    """
    found = [(standing, standing.row) for standing in standings if standing.row is not None and standing.row.f1 is not None]
    real = [row for standing, row in found if standing.apart < 2] or [row for _, row in found]
    x_low = _floor([value for row in real for value in _span(row.recall, row.recall_interval)])
    y_low = _floor([value for row in real for value in _span(row.precision, row.precision_interval)])
    inside = [
        (one, row)
        for one, row in found
        if (_points(row.recall) if one.apart == 2 else _span(row.recall, row.recall_interval)[0]) >= x_low
        and (_points(row.precision) if one.apart == 2 else _span(row.precision, row.precision_interval)[0]) >= y_low
    ]
    outside = [standing.entrant.name for standing, row in found if (standing, row) not in inside and standing.apart < 2]
    height = 470
    frame = Box(44, 46, _WIDTH - 52, height - 34)
    with _defaults():
        figure, axes = _figure(height, frame)
        axes.set(xlim=(x_low, 100), ylim=(y_low, 100))
        axes.set_xticks(_ticks(x_low, 100))
        axes.set_yticks(_ticks(y_low, 100))
        _write(figure, 10, height - 10, "↑ precision: share of the answer that is body", height, color=_MUTED, ha="left")
        _write(figure, frame.right, 10, "recall: share of the body that was kept →", height, color=_MUTED, ha="right")
        across, up = (frame.right - frame.left) / (100 - x_low), (frame.top - frame.bottom) / (100 - y_low)

        def pixel(recall: float, precision: float) -> tuple[float, float]:
            return frame.left + (recall - x_low) * across, frame.bottom + (precision - y_low) * up

        taken = _equal_f1(figure, axes, x_low, y_low, height, pixel)
        dots: list[tuple[float, float]] = []
        for standing, row in inside:
            colour, marker = _STYLE[standing.entrant.category]
            x, y = _points(row.recall), _points(row.precision)
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
            axes.plot([x], [y], marker=marker, markersize=8.5, color=colour, markeredgecolor=_SURFACE, clip_on=False, zorder=4)
            dots.append(pixel(x, y))
        labels = place(dots, [_name(standing) for standing, _ in inside], frame, taken)
        for (standing, _), (x, y), label in zip(inside, dots, labels, strict=True):
            _label(figure, _name(standing), x, y, label, height, quiet=standing.apart == 2)
        words = "; ".join(
            f"{one.entrant.name} precision {view.with_interval(row.precision, row.precision_interval)}, "
            f"recall {view.with_interval(row.recall, row.recall_interval)}"
            for one, row in found
        )
        title = f"Precision from {y_low:.0f} to 100 over recall from {x_low:.0f} to 100, with 95 % intervals"
        return _svg(figure, identity, title, words), outside


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
        axes.plot(recalls, [f1 * r / (2 * r - f1) for r in recalls], color=_LINE, linewidth=1, clip_on=False, zorder=0.5)
        x, y = pixel(end, f1 * end / (2 * end - f1))
        if end == 100:
            _write(figure, x + 6, y, f"F1 {f1}", height, color=_MUTED, ha="left", size=10.5)
        else:
            _write(figure, x + 5, y + 9, f"F1 {f1}", height, color=_MUTED, ha="left", size=10.5)
            taken.append(Box(x + 3, y + 2, x + 42, y + 16))
    return taken


def _label(figure: Figure, name: str, x: float, y: float, label: Label, height: float, *, quiet: bool) -> None:
    from matplotlib.lines import Line2D

    box = label.box
    if label.joined:
        near = (min(max(x, box.left), box.right), min(max(y, box.bottom), box.top))
        line = Line2D([x / _WIDTH, near[0] / _WIDTH], [y / height, near[1] / height], color=_MUTED, linewidth=0.7)
        figure.add_artist(line)
    # Text begins at the side that faces the point, so a font wider or narrower than assumed stays clear of it.
    side = "left" if box.left >= x else "right" if box.right <= x else "center"
    at = {"left": box.left, "right": box.right, "center": (box.left + box.right) / 2}[side]
    _write(figure, at, (box.bottom + box.top) / 2, name, height, color=_MUTED if quiet else _TEXT, ha=side, size=10.5 if quiet else 12)


def _name(standing: Standing) -> str:
    # The bundled font measures ASCII only, and a dollar sign would start mathematics; names are file stems, so this is rarely seen.
    name = standing.entrant.name.encode("ascii", "backslashreplace").decode()
    return view.shortened(visible(name), _LONGEST_NAME)


def _points(value: float | None) -> float:
    """Return a share as points, rounded to the two decimals that a picture can show."""
    return round(100 * (value or 0.0), 2)


def _span(value: float | None, interval: Interval | None) -> tuple[float, float]:
    return (_points(interval.low), _points(interval.high)) if interval else (_points(value), _points(value))


def _floor(values: Sequence[float]) -> float:
    """Return where an axis that ends at 100 begins: the multiple of 5 below all values, and 0 rather than a little above it."""
    begin = 5 * ((min(values, default=0) - 1) // 5)
    return 0.0 if begin < 25 else min(begin, 90.0)


def _ticks(low: float, high: float) -> list[float]:
    step = next(step for step in (2, 5, 10, 20) if (high - low) / step <= 8)
    first = -(-low // step) * step
    return [first + step * i for i in range(int((high - first) // step) + 1)]


def _rows_with_gaps(groups: Sequence[int]) -> list[int]:
    """Return the row of each entry, with one row left free where the group changes and above a first one that does not compete."""
    rows: list[int] = [0] if groups and groups[0] else []
    for index, group in enumerate(groups):
        changed = index > 0 and group != groups[index - 1]
        rows.append(rows[-1] + 1 + changed if rows else 0)
    return rows[-len(groups) :]


def _defaults() -> Any:
    import matplotlib

    settings = {
        **matplotlib.rcParamsDefault, "svg.fonttype": "none", "svg.hashsalt": "clutterbench", "font.family": ["DejaVu Sans"],
        "font.size": 12, "text.parse_math": False,
    }  # fmt: skip
    # The reader's own matplotlibrc must not show; the back end is none of our business and asking for it would choose one.
    return matplotlib.rc_context({key: value for key, value in settings.items() if not key.startswith("backend")})


def _figure(height: float, frame: Box) -> tuple[Figure, Axes]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(_WIDTH / 72, height / 72), dpi=72, facecolor="none")
    size = ((frame.right - frame.left) / _WIDTH, (frame.top - frame.bottom) / height)
    axes = figure.add_axes((frame.left / _WIDTH, frame.bottom / height, *size), facecolor="none")
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(_LINE)
    axes.tick_params(length=0, labelcolor=_MUTED, labelsize=11, pad=6)
    return figure, axes


def _write(
    figure: Figure, x: float, y: float, words: str, height: float, *, color: str, ha: str, size: float = 12, covers: bool = False
) -> None:
    box = {"facecolor": _SURFACE, "edgecolor": "none", "pad": 2} if covers else None
    figure.text(x / _WIDTH, y / height, words, color=color, ha=ha, va="center_baseline", fontsize=size, bbox=box)


def _svg(figure: Figure, identity: str, title: str, words: str) -> Markup:
    """Return a figure as an SVG element whose ids begin with `identity` and whose colours are CSS variables."""
    out = io.StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Type": None, "Format": None})
    svg = out.getvalue()
    svg = svg[svg.index("<svg") :]
    for removed in (r"<metadata>.*?</metadata>", r"<defs>\s*<style.*?</style>\s*</defs>", r"<!--.*?-->"):
        svg = re.sub(removed, "", svg, flags=re.DOTALL)
    svg = re.sub(r"<[^>]*>", lambda tag: _own(tag.group(), identity), svg)
    head = (
        f'<svg class="chart" viewBox="{_viewbox(svg)}" role="img" aria-labelledby="{identity}-title {identity}-description">'
        f'<title id="{identity}-title">{escape(visible(title))}</title>'
        f'<desc id="{identity}-description">{escape(visible(words))}</desc>'
    )
    body = re.sub(r"\s*\n\s*", "\n", svg[svg.index(">") + 1 :])
    return Markup(head + body)


def _viewbox(svg: str) -> str:
    found = re.search(r'viewBox="([\d. ]+)"', svg)
    assert found is not None, "matplotlib always writes the size of its picture"
    return found[1]


def _own(tag: str, identity: str) -> str:
    """Rewrite one tag: short numbers, ids of our own, no name spaces (HTML knows them), fonts and colours of the page."""
    tag = re.sub(r"-?\d+\.\d{3,}", lambda number: f"{float(number.group()):.2f}".rstrip("0").rstrip("."), tag)
    tag = tag.replace("xlink:href=", "href=")
    tag = re.sub(r'(\bid="|href="#|url\(#)', lambda start: f"{start.group()}{identity}-", tag)
    tag = re.sub(r"font-family: [^;\"]*; ", "", tag)
    tag = re.sub(r' transform="rotate\(-?0 [^"]*\)"', "", tag)
    for colour, variable in _VARIABLES.items():
        tag = tag.replace(colour, f"var(--{variable})")
    return tag
