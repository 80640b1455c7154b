"""Where clutter leaks most: single answers, the label, how many words, and how the leaked text begins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from harness.align import align
from harness.records import class_of
from harness.report.details import Details
from harness.summary import TrackSummary
from harness.text import readable, tokens

_WORDS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Leak:
    """Words of one label that one or more extractors let through on one page; `words` the most by any of them, that of the first.

    `begins` is how they begin, '' where the report is built without the answers.
    """

    page: str
    label: str
    words: int
    extractors: tuple[str, ...]
    begins: str = ""


def worst(track: TrackSummary, names: Sequence[str], most: int) -> list[Leak]:
    """Return the pages and labels with the most words let through by one of the named extractors, most first."""
    return _leaks(track, names)[:most]


def by_label(track: TrackSummary, name: str, most: int) -> Mapping[str, Sequence[Leak]]:
    """Return one extractor's leaks by label, most words first, at most so many each."""
    found: dict[str, list[Leak]] = {}
    for leak in _leaks(track, [name]):
        if len(kept := found.setdefault(leak.label, [])) < most:
            kept.append(leak)
    return found


def _leaks(track: TrackSummary, names: Sequence[str]) -> list[Leak]:
    found = []
    for row in track.page_rows:
        by: dict[str, dict[str, int]] = {}
        for name in names:
            for label, words in row.parts.get(name, {}).items():
                if words and label not in ("repeated", "invented") and class_of(label) == "clutter":
                    by.setdefault(label, {})[name] = words
        for label, counts in by.items():
            order = tuple(sorted(counts, key=lambda name: (-counts[name], name)))
            found.append(Leak(row.page, label, counts[order[0]], order))
    return sorted(found, key=lambda leak: (-leak.words, leak.page, leak.label))


def with_words(leaks: Iterable[Leak], details: Details) -> dict[Leak, Leak]:
    """Return each leak with how its text begins. Goes through the pages in order, since reading one takes longest."""
    found = {}
    for leak in sorted(set(leaks), key=lambda leak: (leak.page, leak.label, leak.extractors)):
        answer = details.answers(leak.page)[leak.extractors[0]].extraction.text
        found[leak] = replace(leak, begins=_begins(details, leak.page, answer, leak.label))
    return found


def _begins(details: Details, page: str, answer: str, label: str) -> str:
    target = details.case(page).target
    places = align(target, (tokens(readable(line)) for line in answer.split("\n"))).source
    leaked = sorted(place for place in places if place >= 0 and target.labels[place] == label)
    text = " ".join(target.tokens[place] for place in leaked[:_WORDS_SHOWN])
    return text + (" …" if len(leaked) > _WORDS_SHOWN else "")
