"""Labels for the blocks outside a known body, guessed from the page's HTML: what the report calls *inferred* labels.

Public data sets know the body alone. What their pages put around it can still be told apart by the words that site builders use
(class names, ids, roles, landmarks), by visible headings ("Most read"), by what a block says, by how much of it is link, and by where
it stands. How often that is right is measured on the pages that people labelled: `harness.confusion`.

The rules are `RULES`, tried in order. What they look at is in `harness.corpus.infer_facts`, their words in `harness.corpus.infer_words`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from lxml import etree

from harness.corpus.infer_facts import STORIES, Facts, facts
from harness.corpus.infer_words import PHRASES
from harness.corpus.segment import Placed, placed_blocks

VERSION = "inf:1"

_HEADLINE = 7  # words of a link that no menu item has
_SAYING = 40  # words up to which a block may say what it is
_BODY_LABELS = {
    "li": "li", "dd": "li", "dt": "li", "tr": "row", "blockquote": "q", **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "h"),
}  # fmt: skip


def infer(html: str, body: Collection[int]) -> list[str]:
    """Return one label per block of `segment.blocks(html)`; `body` holds the numbers of the blocks that are body text.

    Those get a body label by their markup (`p h li q row code`), all others a may or clutter label, `x-other` where nothing tells.
    """
    return infer_placed(placed_blocks(html), body)


def infer_placed(placed: Sequence[Placed], body: Collection[int]) -> list[str]:
    """Return what `infer` does for blocks that are already cut."""
    known = facts(placed, frozenset(body))
    return [_by_rules(known[number]) if number in known else _body_label(block) for number, block in enumerate(placed)]


# The rules: each returns a label or '', the first that answers wins.


def _copied(block: Facts) -> str:
    """Text that the body has too: a pull quote between its paragraphs, elsewhere a second copy (a standfirst may repeat it)."""
    if not block.copy or (block.near and block.place == "before"):
        return ""
    return "pull" if block.place == "inside" else "x-duplicate"


def _hidden(block: Facts) -> str:
    """Text that the page's own HTML hides."""
    return "x-hidden" if block.around.hidden else ""


def _headline(block: Facts) -> str:
    return "title" if block.headline == "this" else ""


def _headed(block: Facts) -> str:
    """A list under a visible heading is what the heading says, whatever its class."""
    return _or_see_also(block.headed, block)


def _named(block: Facts) -> str:
    """Class names, ids and roles, the nearest element first."""
    return _or_see_also(block.around.name, block)


def _or_see_also(label: str, block: Facts) -> str:
    """Links to other stories between the body's paragraphs have a label of their own."""
    return "x-see-also" if label in STORIES and block.place == "inside" else label


def _says(block: Facts) -> str:
    """What a short block says of itself."""
    label = PHRASES.open(block.text[:300])[0] if block.words <= _SAYING else ""
    match label:
        case "byline" | "date" | "credit" | "note":
            return label if block.near else ""
        case "x-see-also":
            return label if block.place == "inside" else "x-related" if block.place == "after" and block.words > 2 else ""
        case "x-nav":
            return label if block.place in ("before", "none") or not block.near else ""
        case "x-footer":
            return "" if block.place == "before" else label
    return label


def _part_of_piece(block: Facts) -> str:
    """Headline, byline, date, caption and the like; in a list of other stories they are those stories'."""
    label = block.around.part if block.near else ""
    match label:
        case "title":
            return label if block.place == "before" and block.headline == "none" and not block.links else ""
        case "deck":
            return label if block.place == "before" else ""
        case "kicker":
            return label if block.place == "before" and block.words <= 5 else ""
        case "byline":
            return "x-author" if block.place == "after" or block.words > 15 else label
    return label


def _in_region(block: Facts) -> str:
    """Landmarks: menus, footers, side columns, and lists of stories."""
    region = block.around.region
    if region in ("footer", "nav"):
        return "x-unrelated" if block.links >= 0.5 and block.words >= _HEADLINE else f"x-{region}"
    if block.around.card or (block.among_stories and block.place != "inside"):
        return "x-unrelated"
    return ""


def _by_place(block: Facts) -> str:
    """Nothing says what it is: its links and its place are left."""
    if block.links < 0.5:
        return "x-other"
    if block.place == "inside":
        return "x-see-also"
    if block.place == "before" and block.headline == "above":
        return "x-tags" if block.words <= 3 else "x-other"
    return "x-unrelated" if block.words > 4 else "x-nav"


RULES: tuple[Callable[[Facts], str], ...] = (
    _copied, _hidden, _headline, _headed, _named, _says, _part_of_piece, _in_region, _by_place,
)  # fmt: skip


def _by_rules(block: Facts) -> str:
    return next(label for rule in RULES if (label := rule(block)))


def _body_label(placed: Placed) -> str:
    """Return a body block's label by the nearest telling element within four."""
    if placed.block.pre:
        return "code"
    element: etree._Element | None = placed.holders[0]
    for level in range(4):
        if element is None:
            break
        label = _BODY_LABELS.get(str(element.tag), "")
        if label and (label != "row" or not level):
            return label
        element = element.getparent()
    return "p"
