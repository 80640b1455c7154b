"""Reference rows: answers that no extractor gave, scored like any other, to show what a page allows.

`everything` and `nothing` (plug-ins) are a page's floors. The rows made here are its ceilings, and what lies between: the gold itself,
the best extractor page by page, the best single run of blocks, and what most extractors agree on. They never rank, compete or cost an
extraction. Gold, oracle and best run know the gold; the majority does not, so a vote like it could be taken on any page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from harness.align import Target, align
from harness.case import Case
from harness.corpus.corpus import page_blocks
from harness.corpus.segment import text_blocks
from harness.errors import UsageError
from harness.metrics import alignment
from harness.records import TRACKS, UNLABELLED, Extraction, Track, class_of
from harness.text import readable, tokens

VERSION = f"ref:1|{alignment.VERSION}"
"""Raise it when an answer changes: it is part of the cache's keys."""

CATEGORY = "reference"
FLOORS = ("everything", "nothing")
"""The plug-ins that are always part of a run, on the text track with `-lines`."""

_ABOUT = {
    "gold": "The gold body itself: what every metric gives a faultless answer.",
    "oracle": (
        "Of each page the extractor's answer with the highest headline F1: what choosing the best extractor page by page would reach."
    ),
    "best-run": (
        "The run of neighbouring blocks with the highest headline F1: what a faultless picker of blocks would reach that keeps one run, "
        "cuts no block and leaves nothing out in between."
    ),
    "majority": (
        "The blocks of which more than half of the extractors that answered kept at least half of the words: a vote that knows no gold."
    ),
}
_OF_EXTRACTORS = frozenset(("oracle", "majority"))


def names(track: Track) -> dict[str, str]:
    """Return the names of a track's reference rows, each with the name of its rule."""
    return {f"{rule}-lines" if track == "text" else rule: rule for rule in _ABOUT}


def floors(track: Track) -> tuple[str, ...]:
    """Return the variants that give a track its floors."""
    return tuple(f"{name}-lines" if track == "text" else name for name in FLOORS)


def refuse_names(extractors: Iterable[str]) -> None:
    """Raise UsageError where an extractor has the name of a reference row: the two could not be told apart."""
    taken = {name for track in TRACKS for name in names(track)}
    for extractor in extractors:
        if extractor in taken:
            raise UsageError(f'"{extractor}" is the name of a reference row. Give the extractor (its file or its variant) another name.')


def entrants(present: Collection[str]) -> list[dict[str, Any]]:
    """Return the reference rows among the names that are `present` in the form in which `run.json` describes extractors."""
    return [
        {
            "name": name, "plugin": CATEGORY, "track": track, "category": CATEGORY, "version": "", "about": _ABOUT[rule], "options": {},
            "did_not_run": "",
        }
        for track in TRACKS
        for name, rule in names(track).items()
        if name in present
    ]  # fmt: skip


def references(case: Case, track: Track, extractions: Sequence[Extraction]) -> list[Extraction]:
    """Return a page's reference answers on one track; `extractions` are those of the track's competing extractors, failures included.

    Without extractors there are no oracle and no majority. Where there are some and all failed, so do these two.
    """
    answered = {extraction.extractor: extraction.text for extraction in extractions if extraction.status == "ok"}
    texts = {"gold": case.body, "best-run": best_run(case, track)}
    if answered:
        texts |= {"oracle": oracle(case, answered), "majority": majority(case, track, list(answered.values()))}
    found = []
    for name, rule in names(track).items():
        if rule in texts:
            found.append(Extraction(name, case.page.id, "ok", texts[rule]))
        elif extractions and rule in _OF_EXTRACTORS:
            found.append(Extraction(name, case.page.id, "error", detail="no extractor answered"))
    return found


def oracle(case: Case, answers: Mapping[str, str]) -> str:
    """Return the answer with the highest headline F1; of several the one whose extractor's name comes first.

    Where the gold holds only phrases the headline is not reported; phrases then count as the body, which favours short answers.
    """
    return answers[min(answers, key=lambda name: (-alignment.measure(case, answers[name]).counts.f1, name))]


def majority(case: Case, track: Track, answers: Sequence[str]) -> str:
    """Return the blocks of which more than half of the answers keep at least half of the tokens, one a line."""
    blocks = _blocks(case, track)
    page = Target([(UNLABELLED, block)] for _, block in blocks)
    votes: Counter[int] = Counter()
    for answer in answers:
        # One label for all, so that a text that stands twice is not taken for the body's copy: the vote must not know the gold.
        kept = {place for place in align(page, (tokens(readable(line)) for line in answer.split("\n"))).source if place >= 0}
        for number, (start, end) in enumerate(zip(page.starts, page.starts[1:], strict=False)):
            votes[number] += end > start and 2 * sum(place in kept for place in range(start, end)) >= end - start
    return "\n".join(text for number, (text, _) in enumerate(blocks) if 2 * votes[number] > len(answers))


def best_run(case: Case, track: Track) -> str:
    """Return the contiguous run of blocks with the highest headline token F1, one a line; '' where the right answer is nothing.

    A block is worth what its tokens count when the whole page is the answer. A run is then scored alone, so its own F1 may be a little
    higher: clutter that repeats body outside the run is credited as that body.
    """
    blocks = _blocks(case, track)
    expected = sum(count for label, count in case.label_tokens.items() if class_of(label) == "body")
    labels = case.target.labels
    source = iter(align(case.target, (block for _, block in blocks)).source)
    kept, scored = [], []
    for _, block in blocks:
        classes = [class_of(labels[place]) if place >= 0 else "clutter" for place in (next(source) for _ in block)]
        kept.append(classes.count("body"))
        scored.append(len(classes) - classes.count("may"))
    start, end = _best_span(kept, scored, expected)
    return "\n".join(text for text, _ in blocks[start:end])


def _best_span(kept: Sequence[int], scored: Sequence[int], expected: int) -> tuple[int, int]:
    """Return the span (start, end) with the highest 2 · kept / (scored + expected), (0, 0) where none keeps anything.

    Dinkelbach's method: a span beats the ratio r found so far if 2 · kept − r · scored over it exceeds r · expected, and the span with
    the largest such sum is found in one pass. A few passes end at the best ratio; in whole numbers, so it is exact at any length.
    """
    best = (0, 0)
    above, below = 0, 1
    while True:
        start, running = 0, 0
        top, span = 0, (0, 0)
        for number, (hits, words) in enumerate(zip(kept, scored, strict=True)):
            if running <= 0:
                start, running = number, 0
            running += 2 * hits * below - words * above
            if running > top:
                top, span = running, (start, number + 1)
        if top <= above * expected:
            return best
        best = span
        above, below = 2 * sum(kept[slice(*span)]), sum(scored[slice(*span)]) + expected


def _blocks(case: Case, track: Track) -> list[tuple[str, list[str]]]:
    """Return what an extractor of a track can choose from, as text and tokens: the page's blocks, or the lines of its flattened text."""
    blocks = page_blocks(case.page) if track == "html" else text_blocks(case.page.text)
    return [(block.text, tokens(readable(block.text))) for block in blocks if block.text]
