# /// script
# dependencies = [
#     "selectolax==1.0.2",
# ]
# ///
r"""selectolax, a binding of the Lexbor parser: the text of the whole body.

MIT; home: https://github.com/rushter/selectolax. Script, style, noscript and template are removed first, for it counts them as text;
`separator="\n"` and `strip=True` differ from the defaults ("" and False), for without them words of neighbouring elements are glued.
"""

from selectolax.lexbor import LexborHTMLParser

CATEGORY = "converter"
DISTRIBUTION = "selectolax"


def extract(html: str, url: str) -> str:
    """Return the body's text, one string a line; '' for a page without body, such as a frame set."""
    tree = LexborHTMLParser(html)
    tree.strip_tags(["script", "style", "noscript", "template"])
    if tree.body is None:
        return ""
    text: str = tree.body.text(separator="\n", strip=True)
    return text
