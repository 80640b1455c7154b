"""Floor of every table: all text of the page's body, clutter included, as lxml parses it.

lxml is BSD-3-Clause; home: https://lxml.de. Left out are script, style, noscript and template, which no reader sees. One run of text
a line: text that only inline elements (`<b>`, `<a>`, ...) interrupt stays together, for they do not end a word.
`everything-lines` is the text track's floor: the flattened text as it is given. No other options.
"""

import lxml.html
from lxml import etree

CATEGORY = "baseline"
DISTRIBUTION = "lxml"
VARIANTS = {"everything": {}, "everything-lines": {"lines": True}}
TRACK = {"everything": "html", "everything-lines": "text"}

_UNSEEN = frozenset(("script", "style", "noscript", "template"))
_INLINE = frozenset((
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd", "label",
    "mark", "nobr", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
))  # fmt: skip


def extract(html: str, url: str, *, lines: bool = False) -> str:
    """Return the body's text, one run a line, whitespace collapsed; '' for a page without elements or text.

    `lines` says that `html` is text already, which is the answer then.
    """
    if lines:
        return html
    if not html.strip():
        return ""
    # As bytes: lxml refuses a string that begins with an XML declaration.
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        body = lxml.html.document_fromstring(html.encode("utf-8", "replace"), parser=parser).find("body")
    except etree.ParserError:  # nothing but comments
        return ""
    if body is None:
        return ""
    found: list[str] = []
    run: list[str] = []
    walker = etree.iterwalk(body, events=("start", "end"))
    for event, element in walker:
        if element.tag not in _INLINE:
            found.append(" ".join("".join(run).split()))
            run.clear()
        if event == "end":
            run.append(element.tail or "")
        elif element.tag in _UNSEEN:
            walker.skip_subtree()
        else:
            run.append(element.text or "")
    return "\n".join(line for line in found if line)
