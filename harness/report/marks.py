"""Markdown of untrusted text: names, page ids and answers come from pages and extractors, and must not leave their cell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from harness.escape import visible
from harness.report.view import shortened


def pipes(header: Sequence[str], rows: Iterable[Sequence[str]], right: Iterable[int] = ()) -> str:
    """Return a table of cells that are Markdown already; the columns `right` are aligned to the right."""
    aligned = set(right)
    rule = ["--:" if index in aligned else "---" for index in range(len(header))]
    return "\n".join("| " + " | ".join(row) + " |" for row in (header, rule, *rows))


def escaped(text: str) -> str:
    """Return untrusted text that Markdown shows as it is, also within a table."""
    shown = visible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_\[\]|~])", r"\\\1", shown)


def code(text: str, limit: int) -> str:
    """Return untrusted text as a code span for a table cell: nothing in it is a link, markup or the end of the cell."""
    shown = shortened(visible(text.strip()), limit).replace("`", "'").replace("|", "\\|")
    return f"`{shown}`" if shown else "–"
