"""trafilatura, an extractor by rules with fallbacks to jusText and readability-lxml.

Apache-2.0 since version 1.8; home: https://github.com/adbar/trafilatura.
`include_comments=False` differs from the default (True): readers' comments are clutter by our rules, and its authors' own evaluation
sets it so. The variants are its two other balances: `favor_precision`, `favor_recall`. The url is passed on.
"""

from typing import Any

import trafilatura

DISTRIBUTION = "trafilatura"
REQUIRES = ["lxml-html-clean"]
VARIANTS = {
    "trafilatura": {},
    "trafilatura-precision": {"favor_precision": True},
    "trafilatura-recall": {"favor_recall": True},
}


def extract(html: str, url: str, **options: Any) -> str | None:
    """Return the main text, None where trafilatura finds none."""
    return trafilatura.extract(html, url=url or None, include_comments=False, **options)
