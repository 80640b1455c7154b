"""How templates become pages: escaping, filters, and links between the report's files. Everything shown is untrusted until escaped here."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from harness.escape import SPELLING, visible
from harness.records import LABELS, UNLABELLED, class_of
from harness.report import comparison, findings, view
from harness.report.explorer import page_link
from harness.score import HEADLINE
from harness.stats import ALPHA, FEWEST_PAGES, FEWEST_SITES
from harness.summary import points, signed

_HERE = Path(__file__).parent
_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._=+-]{0,80}")

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-src 'none'"
)
"""Nothing is fetched but the report's own script and style sheet. matplotlib's style attributes need 'unsafe-inline'."""


def assets() -> Mapping[str, tuple[str, str]]:
    """Return scripts and style sheets: the name below the report's folder, with a digest of the content, and the text.

    `css` and `js` are every page's, `explorer.css` and `explorer.js` the explorer's own.
    """
    found = {}
    for key in ("css", "js", "explorer.css", "explorer.js"):
        name, ending = ("report", key) if "." not in key else key.split(".")
        text = (_HERE / "assets" / f"{name}.{ending}").read_text(encoding="utf-8")
        found[key] = (f"assets/{name}.{hashlib.sha256(text.encode()).hexdigest()[:12]}.{ending}", text)
    return found


def environment() -> Environment:
    """Return the environment of all templates."""
    made = Environment(
        loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        finalize=_shown,
    )  # fmt: skip
    made.filters |= {
        "points": points, "count": view.count, "plural": view.plural, "rank": view.rank, "behind": view.behind,
        "statuses": view.failed_by_status, "heat": view.heat, "interval": view.with_interval, "short": view.shortened, "literal": repr,
        "signed": signed, "probability": view.probability, "coefficient": view.coefficient, "averaging": view.averaging,
        "label_words": view.label_words, "breakable": _breakable, "detectable": comparison.detectable_points,
        "extractor_file": extractor_file, "page_link": page_link, "href": href, "page_text": _page_text,
    }  # fmt: skip
    made.globals |= {
        "alpha": ALPHA, "fewest_pages": FEWEST_PAGES, "fewest_sites": FEWEST_SITES, "fewest_label_pages": view.FEWEST_LABEL_PAGES,
        "heat_bounds": view.HEAT_BOUNDS, "headline": HEADLINE, "failed": view.failed,
        "unlabelled": UNLABELLED, "fewest_to_correlate": comparison.FEWEST_TO_CORRELATE,
        "disagreements_shown": comparison.DISAGREEMENTS_SHOWN, "policy": POLICY, "findings": findings,
        "labels": LABELS, "class_of": class_of,
    }  # fmt: skip
    return made


def render(made: Environment, template: str, values: Mapping[str, Any]) -> str:
    """Render a template as the text of a file, which ends in one line end."""
    return made.get_template(template).render(values).rstrip() + "\n"


def extractor_file(name: str) -> str:
    """Return the name of an extractor's page below the report's folder; an odd name becomes a digest."""
    return f"x/{_file(name)}.html"


def href(name: str) -> str:
    """Return a file name as it stands in a link."""
    return quote(name, safe="/")


def _file(name: str) -> str:
    return name if _SAFE_NAME.fullmatch(name) else f"_{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()[:12]}"


def _shown(value: Any) -> Any:
    """Make invisible characters visible in whatever text a template writes; autoescape then makes it harmless."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _page_text(text: str) -> Markup:
    """Return a page's own words, escaped; unlike in names and messages, what belongs to their spelling stays as it is."""
    return escape(visible(text, SPELLING))


def _breakable(name: str) -> Markup:
    """Return a name for a narrow column: a line may end behind its hyphens and underscores."""
    return escape(visible(name)).replace("_", Markup("_<wbr>")).replace("-", Markup("-<wbr>"))
