"""One extractor on a page of its own: how its pages are spread, what it lets through and loses, where it does worst, how it failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.records import LABELS, class_of
from harness.report.sections import Section
from harness.report.view import Standing
from harness.report.worst import Leak, by_label
from harness.stats import LabelRow
from harness.summary import Failure, PageRow, Summary

EXAMPLES = 2
_WORST_PAGES = 20
_TOP_LABELS = 3


@dataclass(frozen=True, slots=True)
class LabelLine:
    """A clutter label in the answers of one extractor. `anchor` is the line's id, '' for a second line of the same label."""

    row: LabelRow
    anchor: str
    examples: Sequence[Leak]


@dataclass(frozen=True, slots=True)
class PageLine:
    """A page with the extractor's F1 on it, the labels of which it let most words through, and how it failed, '' if it did not."""

    row: PageRow
    f1: float
    leaked: Sequence[tuple[str, int]]
    status: str


@dataclass(frozen=True)
class Portrait:
    """What the page of one extractor shows. `bins` counts pages by F1: ten of ten points from the lowest, and the perfect ones."""

    standing: Standing
    bins: Sequence[tuple[str, int]]
    leaks: Sequence[LabelLine]
    losses: Sequence[LabelRow]
    worst: Sequence[PageLine]
    failures: Mapping[str, Sequence[Failure]]

    @property
    def tallest(self) -> int:
        """The most pages in one bin."""
        return max([count for _, count in self.bins], default=0) or 1


def portrait(section: Section, standing: Standing, summary: Summary) -> Portrait:
    """Draw one extractor's part of a summary together."""
    name = standing.entrant.name
    compete = standing.apart < 2
    examples = by_label(section.track, name, EXAMPLES) if compete else {}
    anchors: set[str] = set()
    leaks = []
    for row in _most_common(section.track.leaks, name):
        anchor = "" if row.label in anchors else f"leak-{row.label}" if row.label in LABELS else ""
        anchors.add(row.label)
        leaks.append(LabelLine(row, anchor, examples.get(row.label, ()) if anchor else ()))
    pages = [row for row in section.track.page_rows if name in row.f1]
    failed: dict[str, list[Failure]] = {}
    for failure in summary.failures:
        if failure.extractor == name:
            failed.setdefault(failure.status, []).append(failure)
    lines = [_page_line(row, name, failed) for row in pages]
    lines.sort(key=lambda line: (round(line.f1, 6), line.row.page))
    return Portrait(
        standing, _bins([row.f1[name] for row in pages]), leaks, _most_common(section.track.losses, name),
        [line for line in lines if line.f1 < 1][:_WORST_PAGES] if compete else [], failed,
    )  # fmt: skip


def _most_common(rows: Sequence[LabelRow], name: str) -> list[LabelRow]:
    mine = [row for row in rows if row.extractor == name]
    return sorted(mine, key=lambda row: (-row.pages, -row.tokens, row.label, row.inferred))


def _page_line(row: PageRow, name: str, failed: Mapping[str, Sequence[Failure]]) -> PageLine:
    parts = row.parts.get(name, {})
    leaked = [(label, count) for label, count in parts.items() if count and label in LABELS and class_of(label) == "clutter"]
    leaked.sort(key=lambda part: (-part[1], part[0]))
    status = next((status for status, failures in failed.items() if any(one.page == row.page for one in failures)), "")
    return PageLine(row, row.f1[name], leaked[:_TOP_LABELS], status)


def _bins(figures: Sequence[float]) -> list[tuple[str, int]]:
    # Rounded, so that the last bits of arithmetic do not move a page over a bound.
    shares = [round(figure, 9) for figure in figures]
    counts = [sum(low / 10 <= share < (low + 1) / 10 for share in shares) for low in range(10)]
    names = [f"{10 * low}–{10 * low + 10}" for low in range(10)]
    return [*zip(names, counts, strict=True), ("100", sum(share >= 1 for share in shares))]
