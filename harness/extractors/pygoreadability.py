# /// script
# dependencies = [
#     "pygoreadability==0.2.8",
# ]
# ///
"""Readeck's go-readability, a port of Mozilla's Readability to Go, behind a Python wheel.

MIT by the wheel's metadata; home: https://codeberg.org/readeck/go-readability. The url is passed on. No options.
"""

from pygoreadability import from_string

DISTRIBUTION = "pygoreadability"


def extract(html: str, url: str) -> str:
    """Return the article's text. Raises RuntimeError where the Go side reports an error, as for an empty page."""
    text: str = from_string(html, url).content_text
    return text
