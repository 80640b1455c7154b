"""How well two people label alike: each gold file against its second, blind labelling (`<name>.b.txt`).

Units are words, not blocks: most blocks are short clutter, so that agreement over blocks flatters. The words of a page are the same in both
files where the lint is content with them; where one splits a fused pair of words that the other leaves, the words in common are compared.

- Body: token F1 of one labelling's body against the other's, the mean over pages. It is symmetric, and comparable with an extractor's F1.
- Class and label: Krippendorff's alpha for two coders and nominal data, α = 1 − observed ÷ expected disagreement, both pooled over pages
  (Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", https://repository.upenn.edu/asc_papers/43).

Intervals are 95 % bootstrap intervals over sites.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from harness.corpus import corpus, files
from harness.corpus import gold as gold_file
from harness.corpus.check import SECOND
from harness.corpus.difference import common
from harness.corpus.groups import grouped
from harness.errors import NothingMatched, named
from harness.records import LABELS, Gold, class_of
from harness.resample import Floats, site_weights
from harness.text import tokens

Pairs = Counter[tuple[str, str]]
"""(label in the gold, label in the second labelling) → words."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Agreement:
    """Two labellings of some pages compared. `pages` holds each page's words by pair of labels, `unpaired` the words in one file alone."""

    pages: Mapping[str, Pairs]
    unpaired: int
    body_f1: Figure
    class_alpha: Figure
    label_alpha: Figure
    by_page: Mapping[str, float] = field(default_factory=dict)
    """Page → token F1 of the bodies; 1 where neither has one."""

    @property
    def words(self) -> Pairs:
        """All pages' words by pair of labels."""
        return sum(self.pages.values(), Counter())


def agreement(root: Path) -> Agreement:
    """Compare all second labellings of a corpus with its gold. Raises NothingMatched where there is none, CorpusError for unsound files."""
    pages: dict[str, Pairs] = {}
    unpaired = 0
    for entry in corpus.load(root).entries:
        second = entry.gold.with_suffix("").with_name(entry.gold.stem + SECOND)
        if files.exists(second):
            pages[entry.id], alone = compared(gold_file.load(entry.gold), gold_file.load(second))
            unpaired += alone
    if not pages:
        raise NothingMatched(
            f"{named(root)} has no second labelling. Copy a page's raw file to a clean folder, label it there without sight of the gold, "
            f"and save the result as gold/<site>/<name>{SECOND}."
        )
    tables = list(pages.values())
    sites = [page.partition("/")[0] for page in pages]
    by_page = {page: body_f1(pairs) for page, pairs in pages.items()}
    return Agreement(
        pages,
        unpaired,
        _figure(tables, sites, _mean_body_f1),
        _figure([_by_class(pairs) for pairs in tables], sites, _pooled_alpha),
        _figure(tables, sites, _pooled_alpha),
        by_page,
    )


def compared(gold: Gold, second: Gold) -> tuple[Pairs, int]:
    """Return one page's words by pair of labels, and how many words are in one of the files alone."""
    one, two = _words(gold), _words(second)
    if [word for word, _ in one] == [word for word, _ in two]:
        return Counter((a, b) for (_, a), (_, b) in zip(one, two, strict=True)), 0
    pairs: Pairs = Counter()
    ours, theirs = ([(group.key, group) for group in grouped(found.lines)] for found in (gold, second))
    blocks = common([key for key, _ in ours], [key for key, _ in theirs])
    paired = 0
    for a, b in blocks:
        left = [(word, line.label) for line in ours[a][1].lines for word in tokens(line.text)]
        right = [(word, line.label) for line in theirs[b][1].lines for word in tokens(line.text)]
        for i, j in common([word for word, _ in left], [word for word, _ in right]):
            pairs[left[i][1], right[j][1]] += 1
            paired += 1
    return pairs, len(one) + len(two) - 2 * paired


def alpha(pairs: Mapping[tuple[str, str], int]) -> float:
    """Return Krippendorff's alpha of two coders for nominal data, from units counted by their pair of values.

    1 where nothing was disagreed on, 0 for agreement as by chance. NaN where all units of both have one value: nothing could be told apart.
    """
    total = 2 * sum(pairs.values())
    values: Counter[str] = Counter()
    for (a, b), count in pairs.items():
        values[a] += count
        values[b] += count
    expected = (total * total - sum(count * count for count in values.values())) / (total * (total - 1)) if total > 1 else 0.0
    observed = 2 * sum(count for (a, b), count in pairs.items() if a != b) / total if total else 0.0
    return 1 - observed / expected if expected else float("nan")


def body_f1(pairs: Mapping[tuple[str, str], int]) -> float:
    """Return the token F1 of two bodies, 1 where neither labelling has one."""
    both = sum(count for (a, b), count in pairs.items() if class_of(a) == class_of(b) == "body")
    sizes = sum(count * ((class_of(a) == "body") + (class_of(b) == "body")) for (a, b), count in pairs.items())
    return 2 * both / sizes if sizes else 1.0


def confusions(found: Agreement) -> list[tuple[str, str, int, int]]:
    """Return (label, other label, words, pages) of what was labelled in two ways, in either order, most words first."""
    words: Counter[tuple[str, str]] = Counter()
    pages: Counter[tuple[str, str]] = Counter()
    for pairs in found.pages.values():
        here: Counter[tuple[str, str]] = Counter()
        for (a, b), count in pairs.items():
            if a != b:
                first, second = sorted((a, b))
                here[first, second] += count
        words += here
        pages.update(here.keys())
    return [(a, b, count, pages[a, b]) for (a, b), count in sorted(words.items(), key=lambda item: (-item[1], item[0]))]


def label_agreement(found: Agreement) -> dict[str, tuple[int, float]]:
    """Return label → (words that either labelling gives it, share of them on which both agree), in the labels' order."""
    either: Counter[str] = Counter()
    both: Counter[str] = Counter()
    for (a, b), count in found.words.items():
        for label in {a, b}:
            either[label] += count
        if a == b:
            both[a] += count
    return {label: (either[label], both[label] / either[label]) for label in LABELS if either[label]}


def _words(gold: Gold) -> list[tuple[str, str]]:
    return [(word, line.label) for line in gold.lines for word in tokens(line.text)]


def _by_class(pairs: Pairs) -> Pairs:
    out: Pairs = Counter()
    for (a, b), count in pairs.items():
        out[class_of(a), class_of(b)] += count
    return out


def _figure(tables: Sequence[Pairs], sites: Sequence[str], value: Callable[[Sequence[Pairs], Floats], float]) -> Figure:
    """Return a statistic of weighted pages with its interval, each draw weighting a page as often as its site was drawn."""
    names = sorted(set(sites))
    index = np.array([names.index(site) for site in sites])
    draws = [value(tables, row[index]) for chunk in site_weights(len(names), 2_000) for row in chunk if row[index].any()]
    low, high = np.nanpercentile(draws, [2.5, 97.5])
    return Figure(value(tables, np.ones(len(tables))), float(low), float(high))


def _mean_body_f1(tables: Sequence[Pairs], weights: Floats) -> float:
    return float(np.average([body_f1(pairs) for pairs in tables], weights=weights))


def _pooled_alpha(tables: Sequence[Pairs], weights: Floats) -> float:
    pooled: Pairs = Counter()
    for pairs, weight in zip(tables, weights, strict=True):
        for pair, count in pairs.items():
            pooled[pair] += count * int(weight)
    return alpha(pooled)


def as_text(found: Agreement, most: int = 25) -> Iterable[str]:
    """Yield the figures, what was confused most, and the pages whose bodies differ."""
    sites = {page.partition("/")[0] for page in found.pages}
    words = found.words.total()
    yield f"{len(found.pages)} pages on {len(sites)} sites labelled twice, {words:,} words" + (
        f" ({found.unpaired} in one file alone)" if found.unpaired else ""
    )
    for name, figure in (
        ("body, token F1 (mean of pages)", found.body_f1),
        ("class, Krippendorff's alpha", found.class_alpha),
        ("label, Krippendorff's alpha", found.label_alpha),
    ):
        yield f"{name:34} {figure.value:.3f} ({figure.low:.3f} to {figure.high:.3f})"
    rows = confusions(found)
    if rows:
        yield ""
        yield f"{'label':14} {'other label':14} {'words':>6} {'pages':>6}"
        for a, b, count, pages in rows[:most]:
            yield f"{a:14} {b:14} {count:6} {pages:6}"
        if len(rows) > most:
            yield f"… {len(rows) - most} more pairs, {sum(row[2] for row in rows[most:])} words"
    differing = sorted((f1, page) for page, f1 in found.by_page.items() if f1 < 1)
    if differing:
        yield ""
        yield "pages whose bodies differ, token F1"
        yield from (f"{f1:.3f}  {page}" for f1, page in differing)


def as_json(found: Agreement) -> dict[str, object]:
    """Return the figures, the confusions and the agreement by label and by page as one document."""
    figures = {"body_f1": found.body_f1, "class_alpha": found.class_alpha, "label_alpha": found.label_alpha}
    return {
        "schema": 1,
        "pages": dict(found.by_page),
        "words": found.words.total(),
        "unpaired": found.unpaired,
        **{name: {"value": figure.value, "low": figure.low, "high": figure.high} for name, figure in figures.items()},
        "labels": {label: {"words": count, "agreement": share} for label, (count, share) in label_agreement(found).items()},
        "confusions": [{"label": a, "other": b, "words": count, "pages": pages} for a, b, count, pages in confusions(found)],
    }
