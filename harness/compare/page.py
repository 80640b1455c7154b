"""A comparison as one HTML file that needs nothing else: figures, words by label, and A | gold | B for every page that changed.

No script; the content security policy admits the page's own style, by its hash, and nothing more.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from harness.case import Case
from harness.compare import words
from harness.compare.changes import Piece, pair
from harness.compare.comparison import Comparison, PageChange
from harness.corpus.corpus import Corpus
from harness.escape import visible
from harness.records import class_of
from harness.report import view
from harness.summary import points, signed

_REPORT = Path(__file__).parents[1] / "report"


@dataclass(frozen=True, slots=True)
class Words:
    """Words in one column. `mark` is `lost`, `leaked`, `may` or ''; `moved` says that the other side has it otherwise."""

    text: str
    mark: str
    moved: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One block of the page in three columns."""

    labels: str
    a: tuple[Words, ...]
    gold: tuple[Words, ...]
    b: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Fold:
    """A run of blocks that both sides have alike."""

    blocks: int


@dataclass(frozen=True)
class Sheet:
    """One changed page: its row, its blocks, and the words of A and of B that have no place on it."""

    row: PageChange
    lines: tuple[Line | Fold, ...]
    strange: tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]


def html(found: Comparison, corpus: Corpus, broken: Sequence[str]) -> str:
    """Return the page; `broken` are the gate's sentences."""
    style = (_REPORT / "assets" / "compare.css").read_text(encoding="utf-8")
    worse, better, other = words.moved_rows(found)
    environment = Environment(
        loader=FileSystemLoader(_REPORT / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        finalize=_shown,
    )  # fmt: skip
    environment.filters |= {
        "points": points, "signed": signed, "count": view.count, "plural": view.plural, "change": words.change_of,
        "interval": words.with_interval, "label": words.label_name, "state": words.state,
    }  # fmt: skip
    page = environment.get_template("compare_standalone.html.j2").render(
        found=found, broken=broken, verdict=words.verdict(found), fates=words.fates(found), style=Markup(style),
        hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        labels=[row for lost in (True, False) for row in words.moved_labels(found, lost=lost)],
        sheets=[_sheet(found, corpus, row) for row in (*worse, *better, *other)],
        figures=[("F1", found.f1), ("precision", found.precision), ("recall", found.recall)],
    )  # fmt: skip
    return page.rstrip() + "\n"


def _shown(value: Any) -> Any:
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _sheet(found: Comparison, corpus: Corpus, row: PageChange) -> Sheet:
    (entry,) = corpus.only([row.page]).entries
    both = pair(Case(*entry.load()), found.a.answers[row.page].text, found.b.answers[row.page].text)
    return Sheet(row, tuple(_folded(both.blocks)), both.strange)


def _folded(blocks: Sequence[Sequence[Piece]]) -> Iterator[Line | Fold]:
    alike = 0
    for pieces in blocks:
        if all(piece.state in (0, 3) for piece in pieces):
            alike += 1
            continue
        if alike:
            yield Fold(alike)
            alike = 0
        columns = [tuple(part for piece in pieces if (part := _words(piece, bit)).text) for bit in (1, 2)]
        gold = tuple(Words(piece.text, "may" if class_of(piece.label) == "may" else "", False) for piece in pieces if _in_gold(piece))
        yield Line(", ".join(dict.fromkeys(piece.label for piece in pieces)), columns[0], gold, columns[1])
    if alike:
        yield Fold(alike)


def _in_gold(piece: Piece) -> bool:
    return class_of(piece.label) != "clutter"


def _words(piece: Piece, bit: int) -> Words:
    """Return what a side's column shows of a piece: body words lost are shown as such, others only where the side has them."""
    kind, there, moved = class_of(piece.label), bool(piece.state & bit), piece.state in (1, 2)
    if kind == "body":
        return Words(piece.text, "" if there else "lost", moved)
    return Words(piece.text if there else "", "leaked" if kind == "clutter" else "may", moved)
