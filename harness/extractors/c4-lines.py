"""The line rules of the C4 corpus, a cleaner of pages that have already been flattened to text.

Own code, Apache-2.0, after Raffel et al., "Exploring the Limits of Transfer Learning with a Unified Text-to-Text Transformer", JMLR
21(140), 2020, section 2.2; home: https://jmlr.org/papers/v21/20-074.html. Numbers and order of the rules are those of `clean_page` in
TensorFlow Datasets' `text/c4_utils.py`: a line stays if it has no word over 1000 characters, ends in one of . ? ! " but not in an
ellipsis, has at least 5 words, and speaks neither of JavaScript nor of terms, privacy or cookies; Wikipedia's citation marks go.
Left out are the rules that drop whole pages, for here every page is asked for: fewer than 3 sentences, "lorem ipsum", a curly
bracket, bad words, a language other than English; and the removal of text that other pages of the crawl have too.
"""

import re

TRACK = "text"

_CITATION = re.compile(r"\[\d*\]|\[edit\]|\[citation needed\]")
_POLICY = ("terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies", "use cookies")


def extract(html: str, url: str) -> str:
    """Return the lines that stay, one a line; `html` is the page's text."""
    return "\n".join(line for line in map(_cleaned, html.splitlines()) if line)


def _cleaned(line: str) -> str:
    """Return the line without citation marks, '' where it goes."""
    words = line.split()
    if any(len(word) > 1000 for word in words):
        return ""
    line = _CITATION.sub("", line.strip())
    lower = line.lower()
    kept = (
        line.endswith((".", "?", "!", '"'))
        and not line.endswith("...")
        and len(line.split()) >= 5
        and "javascript" not in lower
        and not any(phrase in lower for phrase in _POLICY)
    )
    return line if kept else ""
