"""Where clutter leaks most: single answers, the label, how many words, and how the leaked text begins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from harness.explore import Problem, Sheet, excerpt, sheet
from harness.records import class_of
from harness.report.details import Details
from harness.summary import TrackSummary

_EXCERPT = 70


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
    """Return each leak with how its largest stretch begins. Every page is read once, since reading it takes longest."""
    found = {}
    order = sorted(set(leaks), key=lambda leak: (leak.page, leak.label, leak.extractors))
    for page, some in groupby(order, key=lambda leak: leak.page):
        rows, answers = sheet(details.case(page)), details.answers(page)
        for leak in some:
            problems = rows.diff(answers[leak.extractors[0]].extraction.text).problems
            leaked = [one for one in problems if one.kind == "leaked" and one.label == leak.label]
            largest = max(leaked, key=lambda one: (one.words, -one.first), default=None)
            found[leak] = replace(leak, begins=excerpt(_text(rows, largest), _EXCERPT) if largest else "")
    return found


def _text(rows: Sheet, problem: Problem) -> str:
    """Return what leaked: words of one row, or several rows whole, as a list of headlines is."""
    if problem.rows == 1:
        return problem.text
    return " · ".join(row.text for row in rows.rows[problem.first : problem.last + 1] if row.label == problem.label)
