"""How every picture of the report is drawn: matplotlib with colours that stand for CSS variables, then SVG to put inside a page.

matplotlib repeats byte for byte only with a fixed hash salt and without its metadata; coordinates are cut to two decimals, so that
the last bits of another machine's arithmetic do not show. Figures are objects of their own: nothing global is open afterwards.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from harness.escape import visible
from harness.report import view
from harness.report.placement import Box
from harness.report.view import Standing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Colours that nothing else has, drawn first and replaced by variables afterwards, so that one picture serves light, dark and print.
TEXT, MUTED, LINE_COLOUR, SURFACE = "#010101", "#020202", "#030303", "#070707"
STYLE = {"extractor": ("#040404", "o"), "converter": ("#050505", "s"), "reference": ("#080808", "D"), "baseline": ("#060606", "^")}
_VARIABLES = {
    TEXT: "text", MUTED: "muted", LINE_COLOUR: "line", SURFACE: "surface",
    "#040404": "extractor", "#050505": "converter", "#060606": "baseline",
    "#080808": "reference",
}  # fmt: skip
WIDTH = 720
_LONGEST_NAME = 30


def shown_name(standing: Standing) -> str:
    """Return an extractor's name as a picture writes it."""
    # The bundled font measures ASCII only, and a dollar sign would start mathematics; names are file stems, so this is rarely seen.
    name = standing.entrant.name.encode("ascii", "backslashreplace").decode()
    return view.shortened(visible(name), _LONGEST_NAME)


def in_points(value: float | None) -> float:
    """Return a share as points, rounded to the two decimals that a picture can show."""
    return round(100 * (value or 0.0), 2)


def axis_begin(values: Sequence[float]) -> float:
    """Return where an axis that ends at 100 begins: the multiple of 5 below all values, and 0 rather than a little above it."""
    begin = 5 * ((min(values, default=0) - 1) // 5)
    return 0.0 if begin < 25 else min(begin, 90.0)


def ticks(low: float, high: float) -> list[float]:
    """Return round ticks, at most nine, from one end of an axis to the other."""
    step = next(step for step in (2, 5, 10, 20) if (high - low) / step <= 8)
    first = -(-low // step) * step
    return [first + step * i for i in range(int((high - first) // step) + 1)]


def settings() -> Any:
    """Return the context in which a picture is drawn and saved."""
    import matplotlib

    chosen = {
        **matplotlib.rcParamsDefault, "svg.fonttype": "none", "svg.hashsalt": "clutterbench", "font.family": ["DejaVu Sans"],
        "font.size": 12, "text.parse_math": False,
    }  # fmt: skip
    # The reader's own matplotlibrc must not show; the back end is none of our business and asking for it would choose one.
    return matplotlib.rc_context({key: value for key, value in chosen.items() if not key.startswith("backend")})


def new_figure(height: float, frame: Box) -> tuple[Figure, Axes]:
    """Return a picture of a height in pixels with one plot in its frame, without any line but the one below."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH / 72, height / 72), dpi=72, facecolor="none")
    size = ((frame.right - frame.left) / WIDTH, (frame.top - frame.bottom) / height)
    axes = figure.add_axes((frame.left / WIDTH, frame.bottom / height, *size), facecolor="none")
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(LINE_COLOUR)
    axes.tick_params(length=0, labelcolor=MUTED, labelsize=11, pad=6)
    return figure, axes


def write(
    figure: Figure, x: float, y: float, words: str, height: float, *, color: str, ha: str, size: float = 12, covers: bool = False
) -> None:
    """Write words at a place in pixels, `covers` on a patch of the page's colour."""
    box = {"facecolor": SURFACE, "edgecolor": "none", "pad": 2} if covers else None
    figure.text(x / WIDTH, y / height, words, color=color, ha=ha, va="center_baseline", fontsize=size, bbox=box)


def inline_svg(figure: Figure, identity: str, title: str, words: str) -> Markup:
    """Return a figure as an SVG element whose ids begin with `identity` and whose colours are CSS variables."""
    svg = _saved(figure, identity)
    for colour, variable in _VARIABLES.items():
        svg = svg.replace(colour, f"var(--{variable})")
    return Markup(f'<svg class="chart" viewBox="{_viewbox(svg)}" {_described(identity, title, words)}{_inside(svg)}')


def svg_file(figure: Figure, theme: str, title: str, words: str) -> str:
    """Return a figure as an SVG file in the colours of a theme, `light` or `dark`, on a ground of its own."""
    svg = _saved(figure, "chart")
    colours = palette(theme)
    for colour, variable in _VARIABLES.items():
        svg = svg.replace(colour, colours[variable])
    box = _viewbox(svg)
    width, height = box.split()[2:]
    return (
        f'<!-- clutterbench -->\n<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" width="{width}" height="{height}" '
        f"style=\"font-family: system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif\" {_described('chart', title, words)}"
        f'<rect width="{width}" height="{height}" fill="{colours["surface"]}"/>{_inside(svg)}\n'
    )


def palette(theme: str) -> Mapping[str, str]:
    """Return the style sheet's colours for `light` or `dark`: there they stand, once."""
    sheet = (Path(__file__).parent / "assets" / "report.css").read_text(encoding="utf-8")
    pairs = re.findall(r"--([\w-]+): light-dark\((#\w+), (#\w+)\);", sheet)
    return {name: light if theme == "light" else dark for name, light, dark in pairs}


def _described(identity: str, title: str, words: str) -> str:
    return (
        f'role="img" aria-labelledby="{identity}-title {identity}-description">'
        f'<title id="{identity}-title">{escape(visible(title))}</title>'
        f'<desc id="{identity}-description">{escape(visible(words))}</desc>'
    )


def _saved(figure: Figure, identity: str) -> str:
    """Return matplotlib's SVG without its own style, comments, long numbers and names."""
    out = io.StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Type": None, "Format": None})
    svg = out.getvalue()
    svg = svg[svg.index("<svg") :]
    for removed in (r"<metadata>.*?</metadata>", r"<defs>\s*<style.*?</style>\s*</defs>", r"<!--.*?-->"):
        svg = re.sub(removed, "", svg, flags=re.DOTALL)
    return re.sub(r"<[^>]*>", lambda tag: _own(tag.group(), identity), svg)


def _inside(svg: str) -> str:
    return re.sub(r"\s*\n\s*", "\n", svg[svg.index(">") + 1 :])


def _viewbox(svg: str) -> str:
    found = re.search(r'viewBox="([\d. ]+)"', svg)
    assert found is not None, "matplotlib always writes the size of its picture"
    return found[1]


def _own(tag: str, identity: str) -> str:
    """Rewrite one tag: short numbers, ids of our own, no name spaces (HTML knows them) and no fonts."""
    tag = re.sub(r"-?\d+\.\d{3,}", lambda number: f"{float(number.group()):.2f}".rstrip("0").rstrip("."), tag)
    tag = tag.replace("xlink:href=", "href=")
    tag = re.sub(r'(\bid="|href="#|url\(#)', lambda start: f"{start.group()}{identity}-", tag)
    tag = re.sub(r"font-family: [^;\"]*; ", "", tag)
    return re.sub(r' transform="rotate\(-?0 [^"]*\)"', "", tag)
