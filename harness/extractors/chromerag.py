# /// script
# dependencies = [
#     "beautifulsoup4==4.15.0", "chromerag==0.1.4", "lxml==6.1.3", "numpy==2.4.6", "pyyaml==6.0.3", "soupsieve==2.10",
#     "typing-extensions==4.16.0",
# ]
# ///
"""ChromeRAG, which ports Chrome's DOM distiller heuristics and weighs blocks with a small model that its wheel holds.

MIT; home: https://github.com/pedapudibhargav/ChromeRAG. `enable_schema=False` differs from the default (True), which would put the page's
structured data above the text. The url is passed on. It answers in Markdown, whose marks are no words.
"""

from chromerag import ChromeRAG

DISTRIBUTION = "chromerag"


def extract(html: str, url: str) -> str:
    """Return the article as Markdown."""
    text: str = ChromeRAG(enable_schema=False).extract(html, url=url or None).markdown
    return text
