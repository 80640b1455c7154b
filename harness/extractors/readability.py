"""readability-lxml, a Python port of arc90's Readability.

Apache-2.0; home: https://github.com/buriy/python-readability.
`html_partial=True` differs from the default (False): the answer is the article without a document around it. It answers in HTML,
which the harness turns into text. Defaults else; the url, which would only make links absolute, is not passed.
"""

from readability import Document

DISTRIBUTION = "readability-lxml"
REQUIRES = ["lxml-html-clean"]
ANSWER = "html"


def extract(html: str, url: str) -> str:
    """Return the article as HTML. Raises `readability.readability.Unparseable` for an empty page."""
    answer: str = Document(html).summary(html_partial=True)
    return answer
