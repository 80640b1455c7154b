# /// script
# dependencies = [
#     "html-text==0.7.1", "lxml==6.1.3", "lxml-html-clean==0.4.6",
# ]
# ///
"""html-text, which turns a whole page into text with line breaks as a browser would set them.

MIT; home: https://github.com/zytedata/html-text. Defaults.
"""

import html_text

CATEGORY = "converter"
DISTRIBUTION = "html-text"


def extract(html: str, url: str) -> str:
    """Return the whole page as text."""
    text: str = html_text.extract_text(html)
    return text
