"""What an explorer page shows: its lines, each answer's score and problems, the second labelling, and the page itself for the frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from harness.case import Case
from harness.corpus.agree import body_f1, compared
from harness.errors import CorpusError
from harness.explore import Diff, Problem, Row, Sheet, describe, excerpt, sheet, totals
from harness.records import Gold
from harness.report.details import Answer, Details
from harness.report.explorer_data import row_text, script, shown
from harness.report.frame import document

_ROWS_BYTES = 130_000
_PROBLEMS_BYTES = 80_000
_ROW_MARKUP = 70
_PROBLEM_MARKUP = 60
_MOST_PROBLEMS = (200, 100, 50, 25, 10)
"""Problems listed of an answer; the first of these limits with which a page's lists are small enough. How many there are is always said."""
_MOST_DIFFERENCES = 200
_DETAIL_SHOWN = 2_000
_OTHER_WORDS = "It cuts the page into other words, so its lines cannot be laid beside these."


@dataclass(frozen=True, slots=True)
class Line:
    """A row as the page shows it."""

    number: int
    label: str
    kind: str
    text: Markup
    second: str
    """What the second annotator called it, where that differs."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A problem as the page lists it: what and where, the beginning of its words, and the line that it links to."""

    kind: str
    what: str
    text: Markup
    row: int


@dataclass(frozen=True)
class Shown:
    """One answer as the page shows it."""

    name: str
    answer: Answer
    category: str
    track: str
    totals: str
    problems: Sequence[Listed]
    found: int
    """How many problems there are, listed or not."""
    reason: str


@dataclass(frozen=True)
class Second:
    """How a second, blind labelling differs: token F1 of the bodies, words labelled otherwise of all, and the lines with such words."""

    f1: float
    words: int
    of: int
    rows: Sequence[int]
    misfit: str


@dataclass(frozen=True)
class View:
    """What the template needs of one page."""

    id: str
    title: Markup
    url: str
    facts: Mapping[str, Any]
    words: Mapping[str, int]
    lines: Sequence[Line]
    left_out: int
    tracks: Mapping[str, Sequence[tuple[int, Shown]]]
    second: Second | None
    frame: Markup | None
    data: str
    script: str
    """The text of the data file."""


def view(details: Details, page: str, data: str, answers: Mapping[str, Answer]) -> View:
    """Return what the explorer shows of a page and its answers; `data` is the name of its data file."""
    case = details.case(page)
    found = sheet(case)
    diffs: dict[str, Diff] = {}
    for answer in answers.values():
        if answer.extraction.text not in diffs:
            diffs[answer.extraction.text] = found.diff(answer.extraction.text)
    of = [diffs[answer.extraction.text] for answer in answers.values()]
    listed = [[_listed(found, problem) for problem in diff.problems[: _MOST_PROBLEMS[0]]] for diff in of]
    most = _limit(listed)
    entrants = {entrant.name: entrant for track in details.summary.tracks for entrant in track.entrants}
    tracks: dict[str, list[tuple[int, Shown]]] = {}
    for index, ((name, answer), diff, problems) in enumerate(zip(answers.items(), of, listed, strict=True)):
        entrant = entrants[name]
        one = Shown(
            name, answer, entrant.category, entrant.track, totals(diff), problems[:most], len(diff.problems),
            answer.extraction.detail[:_DETAIL_SHOWN],
        )  # fmt: skip
        tracks.setdefault(entrant.track, []).append((index, one))
    second, labels = _second(found, details.second(page))
    rows = found.rows[: _rows_shown(found.rows)]
    words = dict.fromkeys(("body", "may", "clutter"), 0)
    for row in found.rows:
        words[row.kind] += row.words
    return View(
        page, escape(next((row_text(row) for row in found.rows if row.label == "title"), page)), case.page.url, details.facts[page], words,
        [_line(row, labels.get(index, "")) for index, row in enumerate(rows)], len(found.rows) - len(rows), tracks, second,
        _frame(case.page.html, found), data, script(page, rows, of, [min(most, len(problems)) for problems in listed]),
    )  # fmt: skip


def _line(row: Row, second: str) -> Line:
    return Line(row.number, row.label + "+" * row.continues, row.kind, escape(row_text(row)), second)


def _listed(found: Sheet, problem: Problem) -> Listed:
    return Listed(problem.kind, f"{describe(problem)}, {found.where(problem)}", escape(shown(excerpt(problem.text))), max(problem.first, 0))


def _limit(listed: Sequence[Sequence[Listed]]) -> int:
    for most in _MOST_PROBLEMS:
        size = sum(len(f"{one.what}{one.text}".encode()) + _PROBLEM_MARKUP for problems in listed for one in problems[:most])
        if size <= _PROBLEMS_BYTES:
            break
    return most


def _rows_shown(rows: Sequence[Row]) -> int:
    size = 0
    for index, row in enumerate(rows):
        size += len(row_text(row).encode()) + _ROW_MARKUP
        if size > _ROWS_BYTES:
            return index
    return len(rows)


def _second(found: Sheet, other: Gold | None) -> tuple[Second | None, Mapping[int, str]]:
    """Return how the second labelling differs, and for each row with such words the labels that it gives them."""
    if other is None:
        return None, {}
    pairs, _ = compared(found.case.gold, other)
    differing = sum(count for (one, two), count in pairs.items() if one != two)
    try:
        labels = Case(found.case.page, other).target.labels
    except CorpusError as error:
        return Second(body_f1(pairs), differing, pairs.total(), (), str(error)), {}
    if len(labels) != len(found.case.target.labels):
        return Second(body_f1(pairs), differing, pairs.total(), (), _OTHER_WORDS), {}
    said: dict[int, str] = {}
    for index, row in enumerate(found.rows):
        others = dict.fromkeys(label for label in labels[row.start : row.end] if label != row.label)
        if others:
            said[index] = ", ".join(others)
    return Second(body_f1(pairs), differing, pairs.total(), list(said)[:_MOST_DIFFERENCES], ""), said


def _frame(html: str | None, found: Sheet) -> Markup | None:
    """Return the page itself as the value of a `srcdoc` between single quotes, which is what the template writes."""
    if html is None:
        return None
    rows: dict[int, list[Row]] = {}
    for row in found.rows:
        rows.setdefault(row.block, []).append(row)
    # Of the five characters that escaping is for only these two mean anything there; `<` and `"` are a third of the text.
    return Markup(document(html, rows).replace("&", "&amp;").replace("'", "&#39;"))
