"""Floor of every table: answers nothing at all.

Part of clutterbench; Apache-2.0; home: this repository. No options; `nothing-lines` is the same on the text track.
"""

CATEGORY = "baseline"
VARIANTS: dict[str, dict[str, object]] = {"nothing": {}, "nothing-lines": {}}
TRACK = {"nothing": "html", "nothing-lines": "text"}


def extract(html: str, url: str) -> str:
    """Return the empty text."""
    return ""
