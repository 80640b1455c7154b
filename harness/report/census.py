"""What is in the corpus: pages by property, words by label, and how well two people agreed on the labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from harness.corpus import agree
from harness.errors import NothingMatched
from harness.records import LABELS, UNLABELLED, class_of
from harness.report.details import Details
from harness.summary import PageRow, Summary


@dataclass(frozen=True, slots=True)
class Count:
    """Pages and sites that have a value of some property, and their body's words."""

    value: str
    pages: int
    sites: int
    words: int


@dataclass(frozen=True, slots=True)
class LabelCount:
    """The words of a label and the pages that have it. `agreed` is the share of `twice`, the words that either of
    two labellings gives it, on which both agree; None where there are none.
    """

    label: str
    pages: int
    words: int
    agreed: float | None
    twice: int


@dataclass(frozen=True)
class Census:
    """The corpus in counts. `labels` is empty without the run's own files, `agreement` None without a second labelling."""

    properties: Mapping[str, Sequence[Count]]
    labels: Sequence[LabelCount]
    agreement: agree.Agreement | None
    confusions: Sequence[tuple[str, str, int, int]]


def census(summary: Summary, details: Details | None) -> Census:
    """Count the pages of a summary, and with the run's files their labels and the agreement on them."""
    rows = {row.page: row for track in summary.tracks for row in track.page_rows}
    properties = {
        "type": _counts(rows.values(), "type"),
        "language": _counts(rows.values(), "language"),
        "site": _counts(rows.values(), "site"),
    }
    if details is None:
        return Census(properties, (), None, ())
    found = _agreement(details)
    return Census(properties, _labels(details, found), found, agree.confusions(found)[:15] if found else ())


def _counts(rows: Iterable[PageRow], field: str) -> list[Count]:
    groups: dict[str, list[PageRow]] = {}
    for row in rows:
        groups.setdefault(getattr(row, field), []).append(row)
    counts = [
        Count(value, len(some), len({row.site for row in some}), sum(row.words["body"] for row in some)) for value, some in groups.items()
    ]
    return sorted(counts, key=lambda count: (-count.pages, count.value))


def _labels(details: Details, found: agree.Agreement | None) -> list[LabelCount]:
    words: Counter[str] = Counter()
    pages: Counter[str] = Counter()
    for facts in details.facts.values():
        labels = facts["labels"]["html"]
        words.update(labels)
        pages.update(labels.keys())
    agreed: Mapping[str, tuple[int, float | None]] = dict(agree.label_agreement(found)) if found else {}
    order = {"body": 0, "may": 1, "clutter": 2}
    known = [label for label in (*LABELS, UNLABELLED) if words[label]]
    known.sort(key=lambda label: (order[class_of(label)], -words[label], label))
    counts = []
    for label in known:
        twice, share = agreed.get(label, (0, None))
        counts.append(LabelCount(label, pages[label], words[label], share, twice))
    return counts


def _agreement(details: Details) -> agree.Agreement | None:
    try:
        return agree.agreement(details.root)
    except NothingMatched:
        return None
