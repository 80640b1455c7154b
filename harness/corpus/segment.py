"""A page's visible blocks: maximal runs of inline text between block-level boundaries, in page order.

Rules of `seg:1` (a change of any needs a new version, since gold files are checked against them):
- white space is collapsed, Unicode composed to NFC;
- a double `<br>` is a boundary, a single one is a space;
- a row of a data table is one block, cells joined by ' | '; a layout table is only its content. A table is data if it has rows and
  columns and holds no table, no block-level element but one paragraph or div a cell, no double `<br>` and, unless it has header
  cells, no picture or form field;
- every line of a `<pre>` is a block that keeps its indentation;
- buttons and options are blocks; text hidden by the page is a block like any other (its label is `x-hidden`), so is `<noscript>`;
- head, scripts, styles, templates, vector graphics, players, frames, text areas and attributes are not text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from harness.errors import CorpusError
from harness.text import squeeze

VERSION = "seg:1"

SKIPPED = frozenset((
    "head", "title", "script", "style", "template", "svg", "math", "iframe", "object", "embed", "applet", "video", "audio", "canvas",
    "map", "textarea", "datalist", "noframes", "frameset",
))  # fmt: skip
BLOCK = frozenset((
    "address", "article", "aside", "blockquote", "body", "button", "caption", "center", "dd", "details", "dialog", "dir", "div",
    "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup",
    "hr", "html", "legend", "li", "listing", "main", "menu", "nav", "noscript", "ol", "optgroup", "option", "p", "plaintext",
    "pre", "search", "section", "select", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "xmp",
))  # fmt: skip
_PRE = frozenset(("pre", "listing", "xmp", "plaintext"))
_MANY_WORDS = 20
_TAG = re.compile(r"<!--|-->|</?(?P<name>[A-Za-z][A-Za-z0-9-]*)[^<>]*>")
_TABLE_PARTS = frozenset(("tbody", "thead", "tfoot", "tr", "td", "th", "caption"))


@dataclass(frozen=True, slots=True)
class Block:
    """One visible block. `pre` marks a line of preformatted text, whose indentation counts and which may be empty."""

    text: str
    pre: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """A block with the stretches of text that it was made of, each with the element that holds it directly.

    Lines of one `<pre>` share their stretches; a row of a data table has one, held by the `<tr>`.
    """

    block: Block
    texts: Sequence[str]
    holders: Sequence[etree._Element]


def blocks(html: str) -> list[Block]:
    """Return the blocks of an HTML page, an empty list where there is nothing to read."""
    return [placed.block for placed in placed_blocks(html)]


def whole_blocks(html: str, name: str) -> list[Block]:
    """Return the blocks of an HTML page of which nothing may be lost.

    `name` is used in messages. Raises CorpusError where the parser gave up within the page, or made nothing of a page full of words.
    """
    root, gave_up = _parse(html)
    if gave_up:
        raise CorpusError(
            f"{name}: the page is nested deeper than the parser reads (about 2,000 elements), so the rest of its text would be lost. "
            "Leave the page out, or save it without the nesting."
        )
    found = [placed.block for placed in _placed(root)]
    if not found and (words := _words_outside_tags(html)) >= _MANY_WORDS:
        raise CorpusError(f"{name}: {words} words stand outside of tags, but the parser finds no visible text. Save the page again.")
    return found


def placed_blocks(html: str) -> list[Placed]:
    """Return the blocks of an HTML page with their places in its tree, which lives as long as the answer does."""
    return _placed(parse(html))


def _placed(root: etree._Element | None) -> list[Placed]:
    # What follows a stray </html> comes as further roots; a browser shows it too.
    return [] if root is None else [placed for part in (root, *root.itersiblings()) for placed in _Walk().run(part)]


def text_blocks(text: str) -> list[Block]:
    """Return the blocks of a flattened page: its lines that are not blank."""
    return [Block(line) for raw in text.split("\n") if (line := squeeze(raw))]


def html_to_text(html: str) -> str:
    """Return an HTML answer as text, one block a line: the one step that serves every extractor that answers in HTML."""
    return "\n".join(block.text for block in blocks(html))


def parse(html: str) -> etree._Element | None:
    """Parse HTML as every part of the harness does; None where there is no element."""
    return _parse(html)[0]


def _parse(html: str) -> tuple[etree._Element | None, bool]:
    """Return the root element and whether the parser stopped at one of its own limits, leaving the rest of the page out."""
    # libxml2 stops at 254 levels without huge_tree; bytes with a stated encoding keep it from trusting the page's own declaration.
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(html.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        root = None
    last = parser.error_log.last_error
    return root, last is not None and last.type_name == "ERR_RESOURCE_LIMIT"


def _words_outside_tags(html: str) -> int:
    """Count the words that stand outside tags, comments and elements that hold no text, roughly and in linear time."""
    words = at = 0
    inside = ""
    for tag in _TAG.finditer(html):
        if not inside:
            words += len(html[at : tag.start()].split())
        at = tag.end()
        name = tag.group("name").lower() if tag.group("name") else "!--"
        if tag.group() == "-->" or name in SKIPPED or name == "!--":
            closes = tag.group().startswith(("</", "-->"))
            inside = "" if closes and inside == name else inside if inside or closes else name
    return words + (0 if inside else len(html[at:].split()))


class _Walk:
    """One pass over the tree. Not recursive, since pages may be nested deeper than Python's stack."""

    def __init__(self) -> None:
        self.found: list[Placed] = []
        self.run_parts: list[str] = []
        self.run_holders: list[etree._Element] = []
        self.after_break = False
        self.pre_depth = 0

    def run(self, root: etree._Element) -> list[Placed]:
        walk = etree.iterwalk(root, events=("start", "end"))
        data_tables: dict[etree._Element, bool] = {}
        for event, element in walk:
            tag = element.tag
            if event == "end":
                if tag in BLOCK:
                    self.close()
                    if tag in _PRE:
                        self.pre_depth -= 1
                if tail := element.tail:
                    parent = element.getparent()
                    self.text(tail, element if parent is None else parent)
            elif tag in SKIPPED:
                walk.skip_subtree()
            elif tag == "br":
                self.line_break(element)
            else:
                if tag in BLOCK:
                    self.close()
                    if tag in _PRE:
                        self.pre_depth += 1
                    elif tag == "table":
                        data_tables[element] = _is_data(element)
                    elif tag == "tr" and (table := _table_of(element)) is not None and data_tables.get(table, False):
                        self.row(element)
                        walk.skip_subtree()
                        continue
                if text := element.text:
                    self.text(text, element)
        self.close()
        return self.found

    def text(self, text: str, holder: etree._Element) -> None:
        self.run_parts.append(text)
        self.run_holders.append(holder)
        if self.after_break and not text.isspace():
            self.after_break = False

    def line_break(self, element: etree._Element) -> None:
        if self.pre_depth:
            self.text("\n", element)
        elif self.after_break:
            self.close()
        else:
            self.text(" ", element)
            self.after_break = True

    def row(self, row: etree._Element) -> None:
        cells = [squeeze(_inline_text(cell)) for cell in row if cell.tag in ("td", "th")]
        if any(cells):
            text = " | ".join(cells)
            self.found.append(Placed(Block(text), [text], [row]))

    def close(self) -> None:
        if self.run_parts:
            parts, holders = self.run_parts, self.run_holders
            self.run_parts, self.run_holders = [], []
            text = "".join(parts)
            if self.pre_depth:
                self.found.extend(Placed(block, parts, holders) for block in _preformatted(text))
            elif squeezed := squeeze(text):
                self.found.append(Placed(Block(squeezed), parts, holders))
        self.after_break = False


def _preformatted(text: str) -> list[Block]:
    lines = [unicodedata.normalize("NFC", line.expandtabs().rstrip()) for line in text.split("\n")]
    while lines and not lines[0]:
        lines.pop(0)
    while lines and not lines[-1]:
        lines.pop()
    return [Block(line, pre=True) for line in lines]


def _table_of(row: etree._Element) -> etree._Element | None:
    parent = row.getparent()
    while parent is not None and parent.tag in _TABLE_PARTS:
        parent = parent.getparent()
    return parent


def _is_data(table: etree._Element) -> bool:
    """Tell a data table from a layout table by the module's rule; one row or one column of cells is never data."""
    rows = widest = 0
    if next(table.iter("th"), None) is None and next(table.iter("img", "input", "object", "embed"), None) is not None:
        return False
    for row in table.iter("tr"):
        rows += 1
        cells = [cell for cell in row if cell.tag in ("td", "th")]
        widest = max(widest, len(cells))
        for cell in cells:
            inner = [element.tag for element in cell.iterdescendants() if element.tag in BLOCK]
            if len(inner) > 1 or (inner and inner[0] not in ("p", "div")) or _double_break(cell):
                return False
    return rows > 1 and widest > 1


def _double_break(cell: etree._Element) -> bool:
    for element in cell.iterdescendants("br"):
        following = element.getnext()
        if following is not None and following.tag == "br" and not (element.tail or "").strip():
            return True
    return False


def _inline_text(element: etree._Element) -> str:
    parts: list[str] = []
    walk = etree.iterwalk(element, events=("start", "end"))
    for event, child in walk:
        if event == "start":
            if child.tag in SKIPPED:
                walk.skip_subtree()
            else:
                parts.append(" " if child.tag == "br" or child.tag in BLOCK else "")
                parts.append(child.text or "")
        elif child is not element:
            parts.append(" " if child.tag in BLOCK else "")
            parts.append(child.tail or "")
    return "".join(parts)
