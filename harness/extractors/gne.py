# /// script
# dependencies = [
#     "gne==0.4.3", "lxml==6.1.3", "pyyaml==6.0.3",
# ]
# ///
"""GNE, the general news extractor, which weighs text density and punctuation; made for Chinese news.

MIT by its package's metadata; home: https://github.com/GeneralNewsExtractor/GeneralNewsExtractor. Defaults; it takes neither url nor
language. A new extractor serves each page, for one that is shared mixes pages up.
"""

from gne import GeneralNewsExtractor

DISTRIBUTION = "gne"


def extract(html: str, url: str) -> str:
    """Return the article's text. Raises `gne.exceptions.NoContentException` where there is none."""
    text: str = GeneralNewsExtractor().extract(html)["content"]
    return text
