"""The explorer: one page of the corpus with every answer aligned to its gold, as `p/<site>--<name>.html` and its data as `d/….js`."""

from __future__ import annotations

from collections.abc import Iterator

from harness.report.details import Details


def page_link(page: str) -> str:
    """Return the name of a page's explorer below the report's folder."""
    return f"p/{page.replace('/', '--')}.html"


def explorer_pages(details: Details) -> Iterator[tuple[str, str]]:
    """Yield the explorer's files: a name below the report's folder, and the text. One page is in memory at a time."""
    yield from ()
