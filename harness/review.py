"""What a reviewer of a pull request wants to see of each page: its words by class and label, the warnings, every extractor's score.

The scores are there to be read after the labels, not to judge them: an extractor that does badly on a page is no reason to relabel it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from harness import score, stages
from harness.corpus import check, corpus
from harness.progress import Progress
from harness.records import Gold, class_of
from harness.score import HEADLINE, Score
from harness.store import Cache
from harness.text import tokens

_LABELS_SHOWN = 6
_LEAKS_SHOWN = 3


def review(root: Path, pages: Sequence[str], progress: Progress, names: Sequence[str] = ()) -> Iterator[str]:
    """Yield Markdown for a pull request that adds or changes pages, one section each.

    The named extractors, by default all, run on those pages alone.

    Raises UsageError for a page that is not there. A page with errors gets its findings and no scores.
    """
    ids = sorted(set(pages))
    findings = check.check(root, ids)
    broken = {page for page in ids if any(f.severity == "error" and _page_of(f.path) == page for f in findings)}
    sound = [page for page in ids if page not in broken]
    rows, did_not_run = _scores(root, sound, progress, names) if sound else ({}, {})
    yield f"### {len(ids)} page{'' if len(ids) == 1 else 's'}, {len(broken)} with errors"
    for page in ids:
        yield ""
        yield f"#### `{page}`"
        mine = [found for found in findings if _page_of(found.path) == page]
        if page in broken:
            yield from _findings(mine)
            continue
        _, gold = corpus.entry_for(root, page).load()
        yield ""
        yield from _words(gold)
        yield from _findings(mine)
        yield ""
        yield from _table(rows[page])
    for name, reason in did_not_run.items():
        yield ""
        yield f"`{name}` did not run: {_cell(reason)}"


def _scores(root: Path, pages: Sequence[str], progress: Progress, names: Sequence[str]) -> tuple[dict[str, list[Score]], Mapping[str, str]]:
    work = stages.plan(root, names, pages, progress)
    with Cache(root) as cache:
        found = stages.run(work, cache, progress)
        entries = corpus.load(root).only(pages)
        scored = score.score_pages(entries, list(found.extractions()), score.metrics([HEADLINE]), cache)
        cache.flush()
    rows: dict[str, list[Score]] = {page: [] for page in pages}
    for row in scored.scores:
        rows[row.page].append(row)
    return rows, {row["name"]: row["did_not_run"] for row in found.facts()["extractors"] if row["did_not_run"]}


def _page_of(path: str) -> str:
    return path.partition("/")[2].removesuffix(".txt").removesuffix(".html").removesuffix(".b")


def _words(gold: Gold) -> Iterator[str]:
    words: Counter[str] = Counter()
    for line in gold.lines:
        words[line.label] += len(tokens(line.text))
    total = words.total() or 1
    facts = [gold.type, gold.language, str(gold.header.get("origin", "")), 'body = "none"' if gold.header.get("body") else ""]
    yield ", ".join(filter(None, facts)) + f"; {words.total():,} words"
    yield ""
    yield "| class | words | share | labels |"
    yield "| --- | --: | --: | --- |"
    for kind in ("body", "may", "clutter"):
        mine = sorted(((n, label) for label, n in words.items() if class_of(label) == kind), key=lambda item: (-item[0], item[1]))
        count = sum(n for n, _ in mine)
        shown = ", ".join(f"`{label}` {n}" for n, label in mine[:_LABELS_SHOWN]) + (", …" if len(mine) > _LABELS_SHOWN else "")
        yield f"| {kind} | {count} | {count / total:.0%} | {shown} |"


def _findings(findings: Sequence[check.Finding]) -> Iterator[str]:
    if findings:
        yield ""
        for found in findings:
            yield f"- line {found.line}: **{found.code}** {_cell(found.message)}"


def _table(scores: Sequence[Score]) -> Iterator[str]:
    yield "| extractor | F1 | P | R | leaks most | status |"
    yield "| --- | --: | --: | --: | --- | --- |"
    for row in sorted(scores, key=lambda row: (-row.counts.f1, row.extractor)):
        leaks = sorted(((n, part) for part, n in row.parts.items() if part.startswith("x-") and n), key=lambda item: (-item[0], item[1]))
        shown = ", ".join(f"`{label}` {n}" for n, label in leaks[:_LEAKS_SHOWN])
        figures = " | ".join(f"{100 * value:.1f}" for value in (row.counts.f1, row.counts.precision, row.counts.recall))
        yield f"| {row.extractor} | {figures} | {shown} | {row.status} |"


def _cell(text: str) -> str:
    """Return text that cannot leave its place in a Markdown table or list: it comes from pages and extractors."""
    for mark in "\\`*_[]<>|":
        text = text.replace(mark, f"\\{mark}")
    return " ".join(text.split())
