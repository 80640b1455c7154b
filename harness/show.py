"""One page × extractor in the terminal: every block with what was kept, lost or leaked, as the scorer sees it (its tokens)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from harness.align import Target, align
from harness.case import Case
from harness.corpus import corpus
from harness.errors import UsageError, did_you_mean
from harness.escape import visible
from harness.records import Extraction, class_of
from harness.store import find_run
from harness.text import readable, tokens

_WORDS_SHOWN = 400


def show_page(root: Path, page: str, extractor: str, run_id: str | None = None) -> Iterator[str]:
    """Yield what `show` says of a run's extraction. Raises UsageError for a page or an extractor that the run has not."""
    found = {extraction.extractor: extraction for extraction in find_run(root, run_id).extractions() if extraction.page == page}
    if not found:
        known = [entry.id for entry in corpus.load(root).entries]
        raise UsageError(f'The run has no extraction of "{page}".{did_you_mean(page, known)} See: clutterbench list pages')
    if extractor not in found:
        raise UsageError(f'The run has no extractor "{extractor}".{did_you_mean(extractor, found)}')
    return show(Case(*corpus.entry_for(root, page).load()), found[extractor])


def show(case: Case, extraction: Extraction) -> Iterator[str]:
    """Yield the page's blocks with their label; lost body words stand in [-…-], leaked clutter words in {+…+}.

    Blocks without a mark are as they should be: body kept whole, clutter dropped, may text not scored. Behind the blocks stand the
    answer's words that are repeated or invented, in runs.
    """
    target = case.target
    lines = [tokens(readable(line)) for line in extraction.text.split("\n")]
    found = align(target, lines)
    used = bytearray(len(target.tokens))
    for place in found.source:
        if place >= 0:
            used[place] = 1
    state = f"{extraction.page} × {extraction.extractor}: {extraction.status}" + (f", {extraction.detail}" if extraction.detail else "")
    yield from map(visible, state.splitlines())
    for number in range(len(target.starts) - 1):
        if line := _block(target, used, target.starts[number], target.starts[number + 1]):
            yield visible(line)
    words = [token for line in lines for token in line]
    for name, known in (("repeated", True), ("invented", False)):
        runs = list(_runs([place < 0 and there is known for place, there in zip(found.source, found.known, strict=True)], words))
        if runs:
            yield visible(f"{name}: " + " … ".join(runs)[:_WORDS_SHOWN])


def _block(target: Target, used: bytearray, start: int, end: int) -> str:
    """Render one block; '' for clutter that was dropped whole."""
    if start == end:
        return ""
    pieces: list[str] = []
    at = start
    while at < end:
        label, there = target.labels[at], used[at]
        stop = at
        while stop < end and target.labels[stop] == label and used[stop] == there:
            stop += 1
        text = " ".join(target.tokens[at:stop])
        kind = class_of(label)
        if kind == "body" and not there:
            text = f"[-{text}-]"
        elif kind == "clutter" and there:
            text = f"{{+{text}+}}"
        elif kind == "clutter":
            text = ""
        if text:
            pieces.append(text if label == target.labels[start] else f"<{label}> {text}")
        at = stop
    if not pieces:
        return ""
    return f"{target.labels[start]:14} {' '.join(pieces)}"


def _runs(wanted: list[bool], words: list[str]) -> Iterator[str]:
    run: list[str] = []
    for is_wanted, word in zip(wanted, words, strict=True):
        if is_wanted:
            run.append(word)
        elif run:
            yield " ".join(run)
            run = []
    if run:
        yield " ".join(run)
