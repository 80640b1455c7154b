"""trafilatura, an extractor by rules with fallbacks to jusText and readability-lxml.

Apache-2.0 since version 1.8; home: https://github.com/adbar/trafilatura.
`include_comments=False` differs from the default (True) everywhere but in `trafilatura-comments`, which has all defaults: readers'
comments are clutter by our rules, and its authors' own evaluation sets it so. Its documented balances are variants: `fast`, without the
fallbacks, `favor_precision`, `favor_recall`. `trafilatura-html2txt` is its function of that name, a converter of the whole page. The url
is passed to all but that one, which takes none.
"""

from typing import Any

import trafilatura

CATEGORY = {"trafilatura-html2txt": "converter"}
DISTRIBUTION = "trafilatura"
REQUIRES = ["lxml-html-clean"]
VARIANTS = {
    "trafilatura": {},
    "trafilatura-precision": {"favor_precision": True},
    "trafilatura-recall": {"favor_recall": True},
    "trafilatura-fast": {"fast": True},
    "trafilatura-comments": {"include_comments": True},
    "trafilatura-html2txt": {"whole": True},
}


def extract(html: str, url: str, *, include_comments: bool = False, whole: bool = False, **options: Any) -> str | None:
    """Return the main text, None where trafilatura finds none; with `whole` all text of the page."""
    if whole:
        return trafilatura.html2txt(html)
    return trafilatura.extract(html, url=url or None, include_comments=include_comments, **options)
