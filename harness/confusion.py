"""How often an inferred label (`harness.corpus.infer`) is right, counted in tokens on the pages that people labelled in full."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from harness.case import Case
from harness.corpus.infer import VERSION, infer
from harness.corpus.segment import blocks
from harness.records import UNLABELLED, Class, Gold, Page, class_of


@dataclass(frozen=True, slots=True)
class LabelFigures:
    """One label: the tokens that people gave it, those that were inferred to have it, and those on which both agree."""

    label: str
    gold: int
    inferred: int
    agreed: int

    @property
    def recall(self) -> float | None:
        return self.agreed / self.gold if self.gold else None

    @property
    def precision(self) -> float | None:
        return self.agreed / self.inferred if self.inferred else None


@dataclass(frozen=True)
class Confusion:
    """Tokens by gold label and inferred label, over `pages` pages of `sites` sites, by the rules of `version`."""

    tokens: Mapping[tuple[str, str], int]
    pages: int
    sites: int
    version: str = VERSION

    def accuracy(self, of: Class) -> float | None:
        """Return the share of the tokens of one gold class whose inferred label is the gold's; None where there is no such token."""
        mine = {pair: count for pair, count in self.tokens.items() if class_of(pair[0]) == of}
        return sum(count for (gold, guess), count in mine.items() if gold == guess) / sum(mine.values()) if mine else None

    def labels(self) -> list[LabelFigures]:
        """Return every label that occurs on either side, most gold tokens first."""
        gold: Counter[str] = Counter()
        inferred: Counter[str] = Counter()
        for (mine, guess), count in self.tokens.items():
            gold[mine] += count
            inferred[guess] += count
        rows = (LabelFigures(label, gold[label], inferred[label], self.tokens.get((label, label), 0)) for label in gold.keys() | inferred)
        return sorted(rows, key=lambda row: (-row.gold, row.label))


def confusion(pages: Iterable[tuple[Page, Gold]]) -> Confusion:
    """Compare inferred labels with the gold on every page that is labelled in full and has HTML; the rules see only which blocks are body.

    A block is body if at least half its tokens are; what else such a block holds stays `UNLABELLED`, as in `harness.case`.
    """
    tokens: Counter[tuple[str, str]] = Counter()
    sites: set[str] = set()
    count = 0
    for page, gold in pages:
        if gold.coverage != "full" or page.html is None:
            continue
        count += 1
        sites.add(gold.site)
        target = Case(page, gold).target
        # Blank lines of preformatted text are blocks without a gold line.
        numbers = [number for number, block in enumerate(blocks(page.html)) if block.text]
        parts = [target.labels[start:end] for start, end in zip(target.starts, target.starts[1:], strict=False)]
        body = {number for number, labels in zip(numbers, parts, strict=True) if labels and 2 * _body(labels) >= len(labels)}
        inferred = infer(page.html, body)
        for number, labels in zip(numbers, parts, strict=True):
            for label in labels:
                kept = class_of(label) == "body"
                if not kept or number in body:
                    tokens[label, UNLABELLED if number in body and not kept else inferred[number]] += 1
    return Confusion(dict(sorted(tokens.items())), count, len(sites))


def _body(labels: Iterable[str]) -> int:
    return sum(class_of(label) == "body" for label in labels)
