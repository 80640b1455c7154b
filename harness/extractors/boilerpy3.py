# /// script
# dependencies = [
#     "boilerpy3==1.0.7",
# ]
# ///
"""BoilerPy3, a Python port of boilerpipe: text blocks are kept or dropped by their words, link density and neighbours.

Apache-2.0; home: https://github.com/jmriebold/BoilerPy3. The variants are extractors of its own: `boilerpy3-default` is its general one,
`boilerpy3-article` the one that its authors name for news articles, `boilerpy3-largest` keeps the largest block only, and
`boilerpy3-canola` was trained on another corpus. `raise_on_failure=False` differs from the default (True): where a page cannot be parsed
to its end, what was parsed is used, as boilerpipe itself does. It takes neither url nor language.
"""

from boilerpy3 import extractors

DISTRIBUTION = "boilerpy3"
VARIANTS = {
    "boilerpy3-article": {"kind": "ArticleExtractor"},
    "boilerpy3-default": {"kind": "DefaultExtractor"},
    "boilerpy3-largest": {"kind": "LargestContentExtractor"},
    "boilerpy3-canola": {"kind": "CanolaExtractor"},
}


def extract(html: str, url: str, *, kind: str) -> str:
    """Return the text of the blocks that the extractor class `kind` keeps, one a line."""
    answer: str = getattr(extractors, kind)(raise_on_failure=False).get_content(html)
    return answer
