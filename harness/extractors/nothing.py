"""Floor of every table: answers nothing at all.

Part of clutterbench; Apache-2.0; home: this repository. No options.
"""

CATEGORY = "baseline"


def extract(html: str, url: str) -> str:
    """Return the empty text."""
    return ""
