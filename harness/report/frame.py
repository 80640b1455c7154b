"""A raw page as an inert document for a sandboxed frame: its text and structure alone, its blocks tinted by their labels.

Raw pages are hostile. What comes out holds no attribute of the page but the direction of writing and the span of table cells, no address,
no style, no script; `nh3` enforces that as the last step, whatever the steps before it did. The frame that shows it has an empty
`sandbox` and the report a policy of its own, so three walls stand between a page and the reader.
"""

from __future__ import annotations

import html as entities
import re
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import nh3
from lxml import etree

from harness.corpus.segment import BLOCK, SKIPPED, Placed, placed_blocks
from harness.escape import SPELLING, visible
from harness.explore import Row
from harness.records import LABELS, UNLABELLED, class_of
from harness.text import without_space

LONGEST = 100_000
"""Bytes of text and tags, about; what is longer is cut and says so."""

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

_KEPT = frozenset((
    "b", "blockquote", "br", "caption", "code", "dd", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "li", "mark",
    "ol", "p", "pre", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul",
))  # fmt: skip
_ALONE = frozenset(("br", "hr"))
_CELLS = frozenset(("td", "th"))
_CLASSES = {"body": "b", "may": "m", "clutter": "c"}
_TITLES = frozenset((*LABELS, UNLABELLED))
_MAY_SPAN = ("colspan", "rowspan")
_SPACE = re.compile(r"\s+")
_MOST_CELLS = 100
_CUT = "[The rest of the page is left out here.]"

_STYLE = (
    "html{color-scheme:light;background:#fff;color:#1a1d23;font:15px/1.5 system-ui,sans-serif}body{margin:12px;overflow-wrap:anywhere}"
    "body,p,div,li,td,th,h1,h2,h3,h4,h5,h6,dt,dd,blockquote,pre{unicode-bidi:plaintext}h1,h2,h3,h4,h5,h6{font-size:1.15em;line-height:1.3}"
    "table{border-collapse:collapse}td,th{border:1px solid #d9dde3;padding:2px 6px;text-align:start}pre{white-space:pre-wrap}"
    "mark{color:inherit;border-radius:2px}.b{background:#d6ecfb}.m{background:#ececf0}.c{background:#fde3cf}"
    "mark[title]::before{content:attr(title) ' ';font:600 10px/1 monospace;color:#5b6270}.c[title]::before{color:#8a3c00}"
)


def document(html: str, rows: Mapping[int, Sequence[Row]]) -> str:
    """Return a page as an inert HTML document; `rows` are its lines by the number of their block. Other blocks stay without a tint."""
    placed = placed_blocks(html)
    inner = "".join(_Writer(_stretches(placed, rows)).run(placed)) if placed else ""
    head = f'<!doctype html><html><head><meta http-equiv="Content-Security-Policy" content="{POLICY}"><meta charset="utf-8">'
    return f"{head}<title>Page as saved, inactive</title><style>{_STYLE}</style></head><body>{_enforced(inner)}</body></html>"


def _enforced(html: str) -> str:
    return nh3.clean(
        html, tags=set(_KEPT), clean_content_tags={"script", "style"}, link_rel=None, url_schemes=set(), strip_comments=True,
        attributes={"mark": {"class", "title"}, "td": set(_MAY_SPAN), "th": set(_MAY_SPAN), "div": {"dir"}},
        attribute_filter=_attribute,
    )  # fmt: skip


def _attribute(_: str, name: str, value: str) -> str | None:
    """Let through what this module writes itself, and nothing else."""
    if name == "class":
        return value if value in _CLASSES.values() else None
    if name == "title":
        return value if value in _TITLES else None
    if name == "dir":
        return value if value == "rtl" else None
    return value if _spans(value) else None


def _spans(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) < 4 and 1 < int(value) <= _MOST_CELLS


@dataclass(frozen=True, slots=True)
class _Part:
    """A text under one label, '' for one that is not known; `begins` where the label's stretch of its block begins."""

    label: str
    text: str
    begins: bool


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A piece of the page's text as one element holds it, cut by label."""

    text: str
    holder: etree._Element
    parts: Sequence[_Part]


def _stretches(placed: Sequence[Placed], rows: Mapping[int, Sequence[Row]]) -> deque[_Stretch]:
    """Return the stretches of all blocks in page order, each cut where the block's rows change their label."""
    found: deque[_Stretch] = deque()
    before: Sequence[str] = ()
    for number, block in enumerate(placed):
        if block.texts is before:  # lines of one <pre> share their stretches: the first line's label stands for all
            continue
        before = block.texts
        cuts = _Cuts(rows.get(number, ()))
        for text, holder in zip(block.texts, block.holders, strict=True):
            found.append(_Stretch(text, holder, cuts.take(text)))
    return found


class _Cuts:
    """The labels of a block, each with how many characters it has, white space not counted."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.left = deque((row.label, len(without_space("".join(row.pieces)))) for row in rows)
        self.label = ""
        self.size = 0
        self.begins = False

    def take(self, text: str) -> list[_Part]:
        """Cut the block's next text by label. What is longer than the rows goes to the last label."""
        parts: list[_Part] = []
        at = 0
        for index, character in enumerate(text):
            if character.isspace():
                continue
            if not self.size and self.left:
                if text[at:index].strip():
                    parts.append(self.part(text[at:index]))
                    at = index
                self.label, self.size = self.left.popleft()
                self.begins = True
            self.size -= 1
        return [*parts, self.part(text[at:])]

    def part(self, text: str) -> _Part:
        begins, self.begins = self.begins, False
        return _Part(self.label, text, begins)


class _Writer:
    """One pass over the tree that writes text and structure. Elements without text leave nothing, boxes in boxes leave one.

    Not recursive, since pages may be nested deeper than Python's stack.
    """

    def __init__(self, stretches: deque[_Stretch]) -> None:
        self.stretches = stretches
        self.out: list[str] = []
        self.size = 0
        self.open: list[list[str]] = []
        """Of every open element its start tag while that waits for text, and its end tag; both '' for one that leaves nothing."""
        self.row: str | None = None
        """The label of the table row that is being written: its cells are one block."""
        self.pre = 0

    def run(self, placed: Sequence[Placed]) -> Sequence[str]:
        root = placed[0].holders[0].getroottree().getroot()
        for part in (root, *root.itersiblings()):
            walk = etree.iterwalk(part, events=("start", "end"))
            for event, element in walk:
                if self.size > LONGEST:
                    return [*self.out, f"<p>{_CUT}</p>"]
                if event == "end":
                    self.end(element)
                    if tail := element.tail:
                        parent = element.getparent()
                        self.text(tail, element if parent is None else parent)
                elif element.tag in SKIPPED:
                    self.open.append(["", ""])
                    walk.skip_subtree()
                else:
                    self.start(element)
                    if text := element.text:
                        self.text(text, element)
        return self.out

    def start(self, element: etree._Element) -> None:
        tag = element.tag
        if tag in _ALONE:
            if self.stretches and self.stretches[0].holder is element:
                self.stretches.popleft()
            if any(begin == "" != end for begin, end in self.open) or tag == "hr":
                self.write(f"<{tag}>")
            self.open.append(["", ""])
            return
        if tag == "tr" and self.stretches and self.stretches[0].holder is element:
            self.row = self.stretches.popleft().parts[0].label
        kept = tag if tag in _KEPT and tag != "mark" else "div" if tag in BLOCK else ""
        spans = "".join(
            f' {name}="{value}"' for name in _MAY_SPAN if tag in _CELLS and (value := element.get(name, "").strip()) and _spans(value)
        )
        turned = ' dir="rtl"' if kept == "div" and element.get("dir", "").strip().lower() == "rtl" else ""
        self.open.append([f"<{kept}{spans}{turned}>", f"</{kept}>"] if kept else ["", ""])
        if tag == "pre":
            self.pre += 1
        if tag in _CELLS:  # an empty cell is still a cell
            self.flush()

    def end(self, element: etree._Element) -> None:
        begin, end = self.open.pop()
        if not begin:
            self.write(end)
        if element.tag == "tr":
            self.row = None
        elif element.tag == "pre":
            self.pre -= 1

    def flush(self) -> None:
        """Write the start tags that wait; of boxes that only hold a box the innermost."""
        plain = ["<div>", "</div>"]
        for index, pair in enumerate(self.open):
            if pair[0]:
                if pair == plain and self.open[index + 1 : index + 2] == [plain]:
                    pair[:] = ["", ""]
                    continue
                self.write(pair[0])
                pair[0] = ""

    def text(self, text: str, holder: etree._Element) -> None:
        stretch = None
        if self.stretches and self.stretches[0].holder is holder and self.stretches[0].text == text:
            stretch = self.stretches.popleft()
        if text.isspace() and not self.pre:
            if self.out and not any(begin for begin, _ in self.open):
                self.write(" ")
            return
        self.flush()
        for part in stretch.parts if stretch else (_Part(self.row or "", text, begins=False),):
            self.write(self.marked(part))

    def marked(self, part: _Part) -> str:
        """Return a text in the tint of its label, which is named where it begins, but for plain paragraphs."""
        text = part.text
        if self.pre:
            shown = "\n".join(visible(line, SPELLING) for line in text.expandtabs().split("\n"))
        else:
            shown = visible(_SPACE.sub(" ", text), SPELLING)
        shown = entities.escape(shown, quote=False)
        if not part.label or not text.strip():
            return shown
        name = f' title="{part.label}"' if part.begins and part.label != "p" else ""
        return f'<mark class="{_CLASSES[class_of(part.label)]}"{name}>{shown}</mark>'

    def write(self, text: str) -> None:
        self.out.append(text)
        self.size += len(text.encode())
