"""Does the shipped corpus rank extractors as real pages do, and do its pages look like real ones?

    clutterbench import aeb --from …/article-extraction-benchmark
    clutterbench import wcxb --from …/web-content-extraction-benchmark
    python benchmarks/validity.py --real corpora/aeb news,blog,opinion,liveblog --real corpora/wcxb all [-x EXTRACTOR…]

For each real corpus: the mean headline F1 of every extractor (category `extractor`, html track) there and on the shipped pages of the types
named, Spearman's and Kendall's rank correlation of the two, with 95 % intervals by bootstrap over the sites of both; then the quartiles of
what the pages are like, side by side. Aim: Spearman 0.9 or more with AEB, medians within a factor of 1.5.

Page statistics, over the visible blocks of `seg:1`: words (ml-v1 tokens), blocks, words a block, link density (share of characters inside
links), text density (characters a tag; Sun, Song and Liao 2011, "DOM based content extraction via text density"), depth (median over blocks
of the number of elements around them), body (share of the page's words that are body; pages without a body left out). Of the body: words
of its median block, and the runs of clutter between its first and its last block of ten words. Bytes and script bytes are shown and need
not match: code and style sheets are not what an extractor reads.
"""

from __future__ import annotations

import argparse
import re
import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from lxml import etree

from harness import registry, score, stages
from harness.agreement import kendall, spearman
from harness.case import Case
from harness.corpus import corpus as corpora
from harness.corpus.segment import placed_blocks
from harness.errors import UsageError
from harness.progress import Progress
from harness.records import Gold, Page, class_of
from harness.resample import Floats, site_weights
from harness.score import HEADLINE
from harness.store import Cache
from harness.text import tokens

DRAWS = 2000
_SCRIPT = re.compile(rb"<script\b.*?</script\s*>", re.DOTALL | re.IGNORECASE)
MUST_MATCH = ("words", "blocks", "words a block", "link density", "text density", "depth", "body", "body block")
_LONG = 10


def f1_table(root: Path, names: Sequence[str]) -> tuple[list[str], list[str], list[str], Floats]:
    """Return a corpus's pages, their sites and types, and the headline F1, shape (pages, extractors)."""
    work = stages.plan(root, names, (), Progress(), floors=False)
    with Cache(root) as cache:
        found = stages.run(work, cache, Progress())
        scored = score.score_pages(work.corpus, list(found.extractions()), score.metrics([HEADLINE]), cache)
        cache.flush()
    place = {row["page"]: number for number, row in enumerate(scored.pages)}
    column = {name: number for number, name in enumerate(names)}
    table = np.zeros((len(place), len(names)))
    for row in scored.scores:
        table[place[row.page], column[row.extractor]] = row.counts.f1
    for name, reason in work.did_not_run.items():
        print(f"{name} did not run and counts as 0: {reason}")
    return list(place), [str(row["site"]) for row in scored.pages], [str(row["type"]) for row in scored.pages], table


def statistics_of(page: Page, gold: Gold) -> dict[str, float]:
    """Return one page's statistics."""
    assert page.html is not None
    body = len(tokens(gold.body))
    placed = placed_blocks(page.html)
    words = sum(len(tokens(block.block.text)) for block in placed)
    characters = linked = 0
    for block in placed:
        for text, holder in zip(block.texts, block.holders, strict=True):
            size = len("".join(text.split()))
            characters += size
            linked += size * (holder.tag == "a" or next(holder.iterancestors("a"), None) is not None)
    depths = [sum(1 for _ in block.holders[0].iterancestors()) + 1 for block in placed] or [0]
    tags = sum(isinstance(element.tag, str) for element in _root(placed[0].holders[0]).iter()) if placed else 0
    data = page.html.encode("utf-8", "replace")
    return {
        "words": words,
        "blocks": len(placed),
        "words a block": words / max(len(placed), 1),
        "link density": linked / max(characters, 1),
        "text density": sum(len(block.block.text) for block in placed) / max(tags, 1),
        "depth": statistics.median(depths),
        "body": body / words if body and words else float("nan"),
        **body_statistics(Case(page, gold)),
        "kB": len(data) / 1000,
        "script kB": sum(map(len, _SCRIPT.findall(data))) / 1000,
    }


def body_statistics(case: Case) -> dict[str, float]:
    """Return the words of the median body block, and how often clutter interrupts the body.

    Where only the body's text is known, what else stands between its first and its last paragraph counts as clutter, captions too.
    """
    target = case.target
    rows = []
    for start, end in pairwise(target.starts):
        classes = Counter(class_of(label) for label in target.labels[start:end])
        if classes:
            rows.append((max(classes, key=lambda kind: classes[kind]), end - start))
    body = [size for kind, size in rows if kind == "body"]
    long = [number for number, (kind, size) in enumerate(rows) if kind == "body" and size >= _LONG]
    inside = [kind for kind, _ in rows[long[0] : long[-1] + 1]] if long else []
    runs = sum(kind == "clutter" and before != "clutter" for before, kind in pairwise(inside))
    return {"body block": statistics.median(body) if body else float("nan"), "clutter runs": runs if long else float("nan")}


def _root(element: etree._Element) -> etree._Element:
    return element.getroottree().getroot()


def table_of_pages(root: Path, types: Iterable[str]) -> dict[str, Floats]:
    """Return each statistic's values over a corpus's pages of the types, all types for none."""
    wanted = frozenset(types)
    rows = [statistics_of(page, gold) for page, gold in corpora.load(root) if page.html is not None and (not wanted or gold.type in wanted)]
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def weights(sites: Sequence[str], seed: int) -> Iterable[Floats]:
    """Yield page weights of each bootstrap draw over sites."""
    names = sorted(set(sites))
    index = np.array([names.index(site) for site in sites])
    return (row[index] for chunk in site_weights(len(names), DRAWS, seed) for row in chunk)


def print_ranks(names: Sequence[str], ours: tuple[list[str], Floats], theirs: tuple[list[str], Floats], title: str) -> None:
    """Print both corpora's means, and how alike they rank."""
    first, second = ours[1].mean(axis=0), theirs[1].mean(axis=0)
    print(f"\n{'extractor':26} {'shipped':>8} {title:>10}")
    for k in np.argsort(-second):
        print(f"{names[k]:26} {100 * first[k]:8.1f} {100 * second[k]:10.1f}")
    draws: Mapping[str, list[float]] = {"spearman": [], "kendall": []}
    for one, two in zip(weights(ours[0], 0), weights(theirs[0], 1), strict=True):
        a, b = one @ ours[1] / one.sum(), two @ theirs[1] / two.sum()
        draws["spearman"].append(spearman(a, b))
        draws["kendall"].append(kendall(a, b))
    for name, value in (("spearman", spearman(first, second)), ("kendall", kendall(first, second))):
        low, high = np.nanpercentile(draws[name], [2.5, 97.5])
        print(f"{name:26} {value:.3f} ({low:.3f} to {high:.3f}), {len(names)} extractors")


def print_statistics(ours: Mapping[str, Floats], theirs: Mapping[str, Floats], title: str) -> None:
    """Print the quartiles of both corpora's pages and the ratio of medians."""
    print(f"\n{'statistic':14} {'shipped: 25 %, median, 75 %':>32} {title + ': 25 %, median, 75 %':>36} {'ratio':>7}")
    for name, values in ours.items():
        one, two = (np.nanpercentile(side, [25, 50, 75]) for side in (values, theirs[name]))
        ratio = one[1] / two[1] if two[1] else float("nan")
        off = "  off" if name in MUST_MATCH and not 1 / 1.5 <= ratio <= 1.5 else ""
        print(f"{name:14} " + " ".join(f"{v:10.2f}" for v in one) + "    " + " ".join(f"{v:10.2f}" for v in two) + f" {ratio:9.2f}{off}")


def main() -> None:
    """Print everything for each real corpus."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shipped", type=Path, default=Path())
    parser.add_argument("--real", nargs=2, action="append", required=True, metavar=("DIR", "TYPES"))
    parser.add_argument("-x", "--extractor", action="append", default=[])
    arguments = parser.parse_args()
    chosen = registry.select(arguments.extractor, "html")
    names = [extractor.name for extractor in chosen if extractor.category == "extractor"]
    if len(names) < 3:
        raise UsageError("A rank correlation needs three extractors or more.")
    _, sites, types, table = f1_table(arguments.shipped, names)
    for directory, which in arguments.real:
        root, wanted = Path(directory), frozenset() if which == "all" else frozenset(which.split(","))
        mine = [k for k, kind in enumerate(types) if not wanted or kind in wanted]
        _, real_sites, _, real = f1_table(root, names)
        print(f"\n{len(mine)} shipped pages ({which}) against {len(real)} of {root}")
        print_ranks(names, ([sites[k] for k in mine], table[mine]), (real_sites, real), root.name)
        print_statistics(table_of_pages(arguments.shipped, wanted), table_of_pages(root, ()), root.name)


if __name__ == "__main__":
    main()
