# /// script
# dependencies = [
#     "breadability==0.1.21", "chardet==7.7.0", "lxml==6.1.3", "lxml-html-clean==0.4.6",
# ]
# [tool.uv]
# exclude-dependencies = ["docopt"]
# ///
"""breadability, another port of arc90's Readability to Python.

BSD-2-Clause; home: https://github.com/bookieio/breadability. The url is passed on. It answers in HTML, which the harness turns into text.
Left out is docopt, which only its command line needs and which is not released as a wheel. No options.
"""

from breadability.readable import Article

DISTRIBUTION = "breadability"
ANSWER = "html"


def extract(html: str, url: str) -> str:
    """Return the article as HTML."""
    answer: str = Article(html, url=url or None).readable
    return answer
