"""One page × extractor in the terminal: the numbered problems, then every line with what was lost and leaked, as the explorer has them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.cells import cell_len, chop_cells

from harness.case import Case
from harness.corpus import corpus
from harness.errors import UsageError, did_you_mean
from harness.escape import visible
from harness.explore import Diff, Problem, Row, Sheet, describe, excerpt, sheet, totals
from harness.records import Extraction
from harness.score import failed
from harness.store import find_run
from harness.summary import points

WIDTH = 100
_LABEL = 14
_MARGIN = 28
"""Columns before the text: problem, line, label and the spaces between."""
_EXTRA_SHOWN = 400


def show_page(root: Path, page: str, extractor: str, run_id: str | None = None) -> Iterator[str]:
    """Yield what `show` says of a run's extraction. Raises UsageError for a page or an extractor that the run has not."""
    found = {extraction.extractor: extraction for extraction in find_run(root, run_id).extractions() if extraction.page == page}
    if not found:
        known = [entry.id for entry in corpus.load(root).entries]
        raise UsageError(f'The run has no extraction of "{page}".{did_you_mean(page, known)} See: clutterbench list pages')
    if extractor not in found:
        raise UsageError(f'The run has no extractor "{extractor}".{did_you_mean(extractor, found)}')
    return show(sheet(Case(*corpus.entry_for(root, page).load())), found[extractor])


def show(page: Sheet, extraction: Extraction) -> Iterator[str]:
    """Yield score, problems and lines; lost body words stand in [-…-], leaked clutter words in {+…+}, may text of the answer in (…).

    Clutter that was dropped whole is left out. `#n` before of a line is the number of the problem there. No line is wider than 100 columns.
    """
    state = f"{extraction.page} × {extraction.extractor}: {extraction.status}" + (f", {extraction.detail}" if extraction.detail else "")
    for line in state.splitlines():
        yield from _wrapped(visible(line), "", "")
    diff = page.diff(extraction.text)
    counts = diff.counts if extraction.status == "ok" else failed(diff.counts.expected)
    yield f"F1 {points(counts.f1)}, precision {points(counts.precision)}, recall {points(counts.recall)}"
    yield from _wrapped(totals(diff), "", "  ")
    yield ""
    yield from _problems(page, diff.problems)
    yield ""
    numbers: dict[tuple[int, str], int] = {(problem.first, problem.kind): number for number, problem in enumerate(diff.problems, 1)}
    for index in range(-1, len(page.rows)):
        if index >= 0:
            row = page.rows[index]
            number = next((numbers[index, kind] for kind in ("lost", "leaked") if (index, kind) in numbers), 0)
            if text := _text(row, diff, index):
                name = f"{row.label}+" if row.continues else row.label
                yield from _wrapped(text, f"{_sign(number)} {row.number:>5}  {name:{_LABEL}} ", " " * _MARGIN)
        for kind, name in (("repeated", "repeated"), ("invented", "not on page")):
            if number := numbers.get((index, kind), 0):
                text = visible(excerpt(diff.problems[number - 1].text, _EXTRA_SHOWN))
                yield from _wrapped(f"{{+{text}+}}", f"{_sign(number)} {'':>5}  {name:{_LABEL}} ", " " * _MARGIN)


def _problems(page: Sheet, problems: Sequence[Problem]) -> Iterator[str]:
    yield "no problems" if not problems else "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    for number, problem in enumerate(problems, 1):
        text = f"{describe(problem)}, {page.where(problem)}: {visible(excerpt(problem.text))}"
        yield from _wrapped(text, f"{_sign(number)} ", " " * 6)


def _sign(number: int) -> str:
    return f"{f'#{number}' if number else '':>5}"


def _text(row: Row, diff: Diff, index: int) -> str:
    """Return a row's text with its marks; '' for clutter that was dropped whole and for may text that is not in the answer."""
    marks = diff.marks.get(index, ())
    if not marks and row.kind == "clutter":
        return ""
    begin, end = {"body": ("[-", "-]"), "clutter": ("{+", "+}"), "may": ("(", ")")}[row.kind]
    parts: list[str] = []
    at = 0
    for start, stop in marks:
        parts.append("".join(row.pieces[at:start]))
        inside = "".join(row.pieces[start:stop])
        parts.append(f"{begin}{inside.rstrip()}{end}{' ' if inside[-1:].isspace() else ''}")
        at = stop
    parts.append("".join(row.pieces[at:]))
    return visible("".join(parts).strip())


def _wrapped(text: str, head: str, indent: str) -> Iterator[str]:
    """Yield a text in lines of at most `WIDTH` columns, the first behind `head`, the others behind `indent`; wide characters count two."""
    line, filled = head, cell_len(head)
    for word in text.split(" "):
        for part in chop_cells(word, WIDTH - len(indent)) or [""]:
            width = cell_len(part)
            if filled + width > WIDTH and line.strip():
                yield line.rstrip()
                line, filled = indent, len(indent)
            line, filled = line + part, filled + width
        line, filled = line + " ", filled + 1
    yield line.rstrip()
