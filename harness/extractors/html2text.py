# /// script
# dependencies = [
#     "html2text==2025.4.15",
# ]
# ///
"""html2text, which turns a whole page into Markdown.

GPL-3.0; home: https://github.com/Alir3z4/html2text. `ignore_links=True`, `ignore_images=True` and `body_width=0` differ from the
defaults (False, False, 78): addresses and pictures are not words of the page, and lines are blocks.
"""

import html2text

CATEGORY = "converter"
DISTRIBUTION = "html2text"


def extract(html: str, url: str) -> str:
    """Return the whole page as Markdown."""
    converter = html2text.HTML2Text(bodywidth=0)
    converter.ignore_links = True
    converter.ignore_images = True
    text: str = converter.handle(html)
    return text
