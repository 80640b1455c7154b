# /// script
# dependencies = [
#     "brotli==1.2.1", "click==8.5.1", "fastwarc==2.0.1", "resiliparse==2.0.1", "tqdm==4.70.1", "typing-extensions==4.16.0",
# ]
# ///
"""Resiliparse, a fast parser in C++ with rules for the main content, made for the ChatNoir search engine.

Apache-2.0; home: https://github.com/chatnoir-eu/chatnoir-resiliparse. `main_content=True` differs from the default (False) in both
extractors: the default is the whole page, here the converter `resiliparse-all`. `resiliparse` further sets `comments=False` and
`post_meta=False` (defaults True), for readers' comments and bylines are not the article, and, as all do that could answer with marks
which are no words of the page, `alt_texts=False` and `list_bullets=False` (defaults True). `resiliparse-default` leaves all of these
as they are.
"""

from resiliparse.extract.html2text import extract_plain_text

DISTRIBUTION = "resiliparse"
CATEGORY = {"resiliparse": "extractor", "resiliparse-default": "extractor", "resiliparse-all": "converter"}
VARIANTS = {
    "resiliparse": {"main_content": True, "comments": False, "post_meta": False, "alt_texts": False, "list_bullets": False},
    "resiliparse-default": {"main_content": True},
    "resiliparse-all": {"main_content": False, "alt_texts": False},
}


def extract(html: str, url: str, **options: bool) -> str:
    """Return the text, one block a line."""
    text: str = extract_plain_text(html, **options)
    return text
