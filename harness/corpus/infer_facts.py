"""What the rules of `harness.corpus.infer` look at: for every block outside the body what is around it, over it and in it.

An element that holds body text, or half the page, says nothing about what else is in it: only what *separates* a block from the body
counts, so `class="has-comments"` on `<body>` does no harm. Such elements are called mute.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from harness.corpus.infer_words import APPARATUS, HEADINGS, NAMES, REGIONS, spelled
from harness.corpus.segment import Placed
from harness.text import squeeze

STORIES = frozenset(("x-trending", "x-related", "x-unrelated"))
_LISTS = STORIES | {"x-sponsored", "x-comments"}
_TOOLS = frozenset(("x-share", "x-search"))  # bars that may lie around a byline
_BOX = 8  # blocks that a heading over a box (sign-up, author) can govern
_FEW = 4  # blocks of a teaser or two
_COPY = 40  # letters that nothing repeats by chance

_NAMING = ("class", "id", "role", "aria-label", "itemprop", "data-testid", "data-component", "rel", "name")
_NAME_LIMIT = 200
_TAG_REGIONS = {"nav": "nav", "footer": "footer", "header": "nav", "aside": "side", "menu": "nav"}
_TAG_APPARATUS = {"h1": "title", "figcaption": "caption", "figure": "caption", "time": "date"}
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_UNDISPLAYED = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Around:
    """What the elements around a stretch of text say, the nearest first; '' where none says anything.

    `name` is clutter by class names, `part` a part of the piece (headline, date), `region` a part of the page: nav, footer, side.
    `card` tells of an `<article>` that does not hold the body, `in_article` of an article, section or main that does.
    """

    hidden: bool = False
    name: str = ""
    part: str = ""
    region: str = ""
    heading: str = ""
    linked: bool = False
    card: bool = False
    in_article: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules look at: a block, what is around it, the share of it that is link, and where it stands to the body and headline."""

    text: str
    words: int
    around: Around
    links: float
    place: str
    """`before`, `inside` or `after` the body, `none` where the page has no body."""
    headline: str
    """`this` is it, it is `above`, it is `below`, or `none` was found."""
    headed: str
    """The label that a visible heading over the block gives it, or ''."""
    among_stories: bool
    """Whether it stands in a list of linked headlines: then it is a story's date or summary."""
    copy: bool
    """Whether the body has the same text."""

    @property
    def near(self) -> bool:
        """Whether it may belong to the piece: under the headline, and in no other part of the page."""
        around = self.around
        apart = around.region or around.card or (self.among_stories and self.place == "after")
        return not apart and self.place != "none" and (self.place != "before" or self.headline != "below")


def facts(placed: Sequence[Placed], body: frozenset[int]) -> dict[int, Facts]:
    """Return what is known of every block that is not in `body`, by its number."""
    return _Page(placed, body).facts()


class _Page:
    """One page's blocks and what the elements around them say. Every element is read once, so deep nesting costs no more."""

    def __init__(self, placed: Sequence[Placed], body: frozenset[int]) -> None:
        self.placed = placed
        self.body = body
        self.known: dict[etree._Element, Around] = {}
        self.names: dict[str, tuple[str, str, str]] = {}
        self.mute: set[etree._Element] = set()
        for number in sorted(body):
            self.silence(placed[number].holders[0])
        self.silence(self.half())
        self.seen = [self.look(block) for block in placed]
        self.first, self.last = self.spans()

    def facts(self) -> dict[int, Facts]:
        first, last = min(self.body, default=-1), max(self.body, default=-1)
        title = self.headline(first if self.body else len(self.placed))
        title_text = self.placed[title].block.text if title >= 0 else ""
        headed = self.headed()
        stories = self.among_stories()
        body_text = "\n".join(self.placed[number].block.text for number in sorted(self.body))
        found: dict[int, Facts] = {}
        for number, (placed, (around, links)) in enumerate(zip(self.placed, self.seen, strict=True)):
            if number not in self.body:
                text = placed.block.text
                place = "none" if first < 0 else "before" if number < first else "after" if number > last else "inside"
                same = text == title_text and place in ("before", "none") and not around.linked
                found[number] = Facts(
                    text, text.count(" ") + 1, around, links, place,
                    "none" if title < 0 else "this" if same else "above" if number > title else "below",
                    headed[number], stories[number], len(text) >= _COPY and text in body_text,
                )  # fmt: skip
        return found

    # what is mute

    def silence(self, element: etree._Element | None) -> None:
        while element is not None and element not in self.mute:
            self.mute.add(element)
            element = element.getparent()

    def half(self) -> etree._Element | None:
        """Return the innermost element around the first and last quarter points of the text: it holds half the page."""
        ends = [0]
        for placed in self.placed:
            ends.append(ends[-1] + len(placed.block.text))
        if not ends[-1]:
            return None
        first, last = (next(n for n, end in enumerate(ends[1:]) if end * 4 >= ends[-1] * part) for part in (1, 3))
        if first == last:
            return None
        outer = {self.placed[first].holders[0], *self.placed[first].holders[0].iterancestors()}
        element: etree._Element | None = self.placed[last].holders[0]
        while element is not None and element not in outer:
            element = element.getparent()
        return element

    # what is around a block

    def look(self, placed: Placed) -> tuple[Around, float]:
        """Return what is around the longest stretch of a block, and the share of its letters that are links."""
        longest, whole, linked = -1, 0, 0
        best = Around()
        for text, holder in zip(placed.texts, placed.holders, strict=True):
            size = len(text.strip())
            if size or longest < 0:
                around = self.around(holder)
                whole += size
                linked += size if around.linked else 0
                if size > longest:
                    longest, best = size, around
        return best, linked / whole if whole else 0.0

    def around(self, holder: etree._Element) -> Around:
        """Return what an element and those around it say, up to the first that is mute."""
        chain: list[etree._Element] = []
        element: etree._Element | None = holder
        while element is not None and element not in self.known and element not in self.mute:
            chain.append(element)
            element = element.getparent()
        found = self.known.get(element) if element is not None else Around()
        if found is None:
            assert element is not None
            found = self.known[element] = Around(in_article=_in_article(element))
        for inner in reversed(chain):
            found = self.known[inner] = self.read(inner, found)
        return found

    def read(self, element: etree._Element, outer: Around) -> Around:
        """Return what holds inside `element`, given what holds around it."""
        tag, attributes = str(element.tag), element.attrib
        name, part, region = self.spoken(attributes) if attributes else ("", "", "")
        of_piece = region == "piece" or tag in _HEADINGS or (outer.in_article and tag in ("header", "footer"))
        region = "" if of_piece else _TAG_REGIONS.get(tag, region)
        if tag == "form":
            name = name or _form(element)
        elif tag == "search":
            name = name or "x-search"
        part = part or _TAG_APPARATUS.get(tag, "") or ("credit" if tag == "cite" and outer.part == "caption" else "")
        # A menu within a search bar's box is a menu, and a byline beside share buttons a byline.
        ends = tag == "nav" or (outer.name in _TOOLS and part in ("byline", "date", "caption"))
        return Around(
            hidden=outer.hidden or _is_hidden(tag, attributes),
            name=name or ("" if ends else outer.name),
            part=part or outer.part,
            region="footer" if outer.region == "footer" else region or outer.region,
            heading=tag if tag in _HEADINGS else outer.heading,
            linked=outer.linked or tag == "a",
            card=outer.card or tag == "article",
            in_article=outer.in_article,
        )

    def spoken(self, attributes: etree._Attrib) -> tuple[str, str, str]:
        """Return clutter label, part of the piece and region by an element's names."""
        names = " ".join(str(attributes[key])[:_NAME_LIMIT] for key in _NAMING if key in attributes)
        found = self.names.get(names)
        if found is None:
            words = spelled(names)
            found = self.names[names] = (NAMES.find(words), APPARATUS.find(words), REGIONS.find(words))
        return found

    # what the page's headings say

    def headline(self, end: int) -> int:
        """Return the number of the headline: the last block before `end` that the document's title or an `<h1>` gives; -1 for none."""
        if not self.placed:
            return -1
        named = squeeze(self.placed[0].holders[0].getroottree().findtext(".//title") or "").casefold()
        best, best_score = -1, 0
        for number, (around, links) in enumerate(self.seen[:end]):
            if around.hidden or around.name or around.card or around.region in ("footer", "side"):
                continue
            text = self.placed[number].block.text.casefold()
            repeats = len(text) * 5 >= len(named) * 2 and text in named
            if not repeats and (links or around.heading != "h1"):
                continue
            score = 2 * repeats + (2 if around.heading == "h1" else 1 if around.heading else 0)
            if score >= best_score:
                best, best_score = number, score
        return best

    def headed(self) -> list[str]:
        """Return per block the label that a visible heading over it gives, '' where there is none."""
        found: list[str] = []
        label, level, end = "", "", -1
        for number, (placed, (around, links)) in enumerate(zip(self.placed, self.seen, strict=True)):
            text = placed.block.text
            own = ""
            if number in self.body:
                label = ""
            elif len(text) <= 80 and around.region != "nav":
                own, upto = HEADINGS.open(text)
                # Without a heading's tag only a text that is nothing but these words is one.
                if own and not around.heading and (links >= 0.5 or not re.fullmatch(r"\w*[\W\d]*", text[upto:])):
                    own = ""
            if own:
                label, level, end = own, around.heading, self.reach(number, own)
            elif around.heading and (around.heading < level or (around.heading == level and links < 0.5)):
                label = ""
            found.append(label if number <= end else "")
        return found

    def reach(self, number: int, label: str) -> int:
        """Return the last block under a heading: that of the nearest element around it which holds more, and no body.

        Where that is the body's own element, the links that follow are taken to be the heading's.
        """
        limit = len(self.placed) - 1 if label in _LISTS else min(number + _BOX, len(self.placed) - 1)
        element: etree._Element | None = self.placed[number].holders[0]
        while element is not None and element not in self.mute:
            if self.last[element] > number:
                return min(self.last[element], limit)
            element = element.getparent()
        while number < limit and number + 1 not in self.body and self.seen[number + 1][1] >= 0.5:
            number += 1
        return number

    def spans(self) -> tuple[dict[etree._Element, int], dict[etree._Element, int]]:
        """Return for every element that is not mute the numbers of its first and its last block."""
        first: dict[etree._Element, int] = {}
        last: dict[etree._Element, int] = {}
        numbers = range(len(self.placed))
        for order, found in ((numbers, first), (reversed(numbers), last)):
            for number in order:
                element: etree._Element | None = self.placed[number].holders[0]
                while element is not None and element not in found and element not in self.mute:
                    found[element] = number
                    element = element.getparent()
        return first, last

    def among_stories(self) -> list[bool]:
        """Tell of every block whether the nearest element around it with a few blocks is one of headlines in links."""
        headlines = [0]
        for placed, (_, links) in zip(self.placed, self.seen, strict=True):
            headlines.append(headlines[-1] + (links >= 0.5 and placed.block.text.count(" ") >= 3))
        found: list[bool] = []
        for placed in self.placed:
            element: etree._Element | None = placed.holders[0]
            size = count = 0
            while element is not None and element not in self.mute and size < _FEW:
                start, end = self.first[element], self.last[element] + 1
                size, count = end - start, headlines[end] - headlines[start]
                element = element.getparent()
            found.append(size >= _FEW and count * 6 >= size)
        return found


def _in_article(element: etree._Element) -> bool:
    """Tell whether a header or footer in here is a section's and not the page's, by HTML's own rule."""
    return any(outer.tag in ("article", "main", "section") for outer in (element, *element.iterancestors()))


def _is_hidden(tag: str, attributes: etree._Attrib) -> bool:
    if tag == "noscript" or (tag == "dialog" and "open" not in attributes):
        return True
    if not attributes:
        return False
    style = attributes.get("style")
    return (
        "hidden" in attributes or attributes.get("aria-hidden") == "true"
        or (style is not None and _UNDISPLAYED.search(str(style)[:1000]) is not None)
    )  # fmt: skip


def _form(form: etree._Element) -> str:
    """Return what a form is for by its first telling field."""
    for field in form.iter("input", "textarea"):
        kind, name = str(field.get("type", "")).lower(), str(field.get("name", "")).lower()
        if field.tag == "textarea":
            return "x-comments"
        if kind == "search" or name in ("q", "s", "query", "search"):
            return "x-search"
        if kind == "password":
            return "x-nav"
        if kind == "email" or name in ("email", "e-mail"):
            return "x-newsletter"
    return ""
