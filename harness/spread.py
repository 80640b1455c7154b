"""What a corpus has and what it lacks: pages by type, language and label, against what a benchmark of the open web wants."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.corpus import corpus
from harness.records import LABELS, ORIGINS, TYPES, Gold

WANTED_PAGES, WANTED_SITES = 8, 4
"""Pages and sites from which a type or a label says something of its own: fewer sites and one publisher's habits decide the figure."""
_LANGUAGE_PAGES = 4


@dataclass(frozen=True, slots=True)
class Row:
    """A value of some kind (`type`, `language`, `label`, `origin`) with the pages and sites that have it, and how many are wanted."""

    kind: str
    value: str
    pages: int
    sites: int
    wanted_pages: int
    wanted_sites: int

    @property
    def short(self) -> bool:
        """Whether more are wanted."""
        return self.pages < self.wanted_pages or self.sites < self.wanted_sites


def spread(root: Path) -> list[Row]:
    """Return a row for every type, origin and label there is, and for every language that a page has."""
    return rows(gold for _, gold in corpus.load(root))


def rows(golds: Iterable[Gold]) -> list[Row]:
    """Return the spread of some labelled pages."""
    found: Mapping[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for gold in golds:
        values = {
            "type": {gold.type},
            "language": {gold.language.split("-")[0].lower()},
            "origin": {str(gold.header.get("origin", "original"))},
            "label": {line.label for line in gold.lines},
        }
        for kind, mine in values.items():
            for value in mine:
                found[kind][value].append(gold.site)
    named = {"type": list(TYPES), "language": sorted(found["language"]), "origin": list(ORIGINS), "label": list(LABELS)}
    out = []
    for kind, values_of in named.items():
        pages, sites = (_LANGUAGE_PAGES, 1) if kind == "language" else (WANTED_PAGES, WANTED_SITES)
        out += [Row(kind, value, len(found[kind][value]), len(set(found[kind][value])), pages, sites) for value in values_of]
    return out


def markdown_gaps(found: Iterable[Row]) -> Iterator[str]:
    """Yield the table of what is wanted, for the contributors' guide: what has too few pages or sites, fewest first."""
    short = sorted((row for row in found if row.short), key=lambda row: (row.sites, row.pages, row.kind, row.value))
    if not short:
        yield "Nothing is short: every type, origin and label has enough pages and sites. Further languages and sites are welcome."
        return
    yield "| wanted | pages | of | sites | of |"
    yield "| --- | --: | --: | --: | --: |"
    for row in short:
        yield f"| {row.kind} `{row.value}` | {row.pages} | {row.wanted_pages} | {row.sites} | {row.wanted_sites} |"
