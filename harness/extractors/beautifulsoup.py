# /// script
# dependencies = [
#     "beautifulsoup4==4.15.0", "lxml==6.1.3", "soupsieve==2.10", "typing-extensions==4.16.0",
# ]
# ///
r"""Beautiful Soup's `get_text`, what many scripts use for want of an extractor: the whole page.

MIT; home: https://www.crummy.com/software/BeautifulSoup/. lxml is the parser. `separator="\n"` and `strip=True` differ from the
defaults ("" and False), for without them words of neighbouring elements are glued. Script and style are left out by itself.
"""

from bs4 import BeautifulSoup

CATEGORY = "converter"
DISTRIBUTION = "beautifulsoup4"
REQUIRES = ["lxml"]


def extract(html: str, url: str) -> str:
    """Return the whole page as text, one string a line."""
    text: str = BeautifulSoup(html, "lxml").get_text(separator="\n", strip=True)
    return text
