"""Terminal punctuation alone: of a flattened page, the lines that end as a sentence does.

Own code, Apache-2.0, after the first rule of Raffel et al., "Exploring the Limits of Transfer Learning with a Unified Text-to-Text
Transformer", JMLR 21(140), 2020, section 2.2; home: https://jmlr.org/papers/v21/20-074.html. "Ends as a sentence" is not their four
ASCII marks but Unicode's property Sentence_Terminal (UAX #44), so that it holds in other scripts too, with quotation marks and brackets
after it; an ellipsis, which teasers end in, ends no sentence. Thai and other scripts without such marks get an empty answer. `c4-lines`
has the other rules.
"""

import regex

REQUIRES = ["regex"]
TRACK = "text"

_SENTENCE = regex.compile(r"(?<!\.\.)[\p{Sentence_Terminal}][\p{Pe}\p{Pf}\p{Pi}\"']*$")


def extract(html: str, url: str) -> str:
    """Return the lines that stay, one a line; `html` is the page's text."""
    return "\n".join(line for line in map(str.strip, html.splitlines()) if _SENTENCE.search(line))
