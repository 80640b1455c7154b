"""A comparison as a pull-request comment: GitHub takes 65,536 characters, so pages are told, worst first, until 60,000 are full.

Names, versions, details and words come from files, extractors and pages. They stand in code spans, so none is a link, markup or a mention.
"""

from __future__ import annotations

from collections.abc import Sequence

from harness.compare import words
from harness.compare.changes import Change
from harness.compare.comparison import Comparison, PageChange
from harness.report.marks import code, pipes
from harness.report.view import count, plural
from harness.summary import points, signed

LIMIT = 60_000
_NAME, _TEXT, _CHANGES = 80, 160, 3


def markdown(found: Comparison, broken: Sequence[str]) -> str:
    """Return the comparison as Markdown of fewer than `LIMIT` characters; `broken` are the gate's sentences."""
    head = [f"### {words.verdict(found, lambda name: code(name, _NAME))}"]
    head += [f"**Gate failed.** {sentence}" for sentence in broken]
    head += [_figures(found), f"Pages: {words.fates(found)}.", _labels(found)]
    foot = f"`{found.signature}`"
    room = LIMIT - len("\n\n".join([*head, foot])) - 400
    return "\n\n".join([*head, *_pages(found, room), foot]) + "\n"


def _figures(found: Comparison) -> str:
    rows = [
        (name, points(figure.a), points(figure.b), words.with_interval(figure))
        for name, figure in (("F1", found.f1), ("precision", found.precision), ("recall", found.recall))
    ]
    counts = (("failed pages", found.failed), ("empty answers", found.empty))
    rows += [(name, str(a), str(b), words.change_of(b - a)) for name, (a, b) in counts]
    names = [
        code(side.name, _NAME) + (f"<br>version {code(side.told_version, _NAME)}" if side.told_version else "")
        for side in (found.a, found.b)
    ]
    return pipes(("", *(f"{letter}: {name}" for letter, name in zip("AB", names, strict=True)), "B − A"), rows, right=range(1, 4))


def _labels(found: Comparison) -> str:
    rows = []
    for lost in (True, False):
        for row in words.moved_labels(found, lost=lost):
            verb = "lost" if lost else "leaked"
            figures = (count(row.a), count(row.b), words.change_of(row.b - row.a), count(row.tokens), words.with_interval(row.rate))
            rows.append((f"{verb}: {words.label_name(row)}", *figures))
    rows += [(name, count(a), count(b), words.change_of(b - a), "–", "–") for name, (a, b) in found.strange.items() if a != b]
    table = pipes(("words", "A", "B", "B − A", "of", "points of rate"), rows, right=range(1, 6))
    return f"<details><summary>Words lost and leaked, by label</summary>\n\n{table}\n\n</details>"


def _pages(found: Comparison, room: int) -> list[str]:
    worse, better, other = words.moved_rows(found)
    rows: list[tuple[str, ...]] = []
    left_out = 0
    for row in (*worse, *better, *other):
        cells = _row(row)
        room -= sum(len(cell) + 3 for cell in cells) + 2
        if room < 0:
            left_out += 1
        else:
            rows.append(cells)
    if not rows:
        return []
    table = pipes(("page", "A", "B", "B − A", "what changed"), rows, right=range(1, 4))
    summary = f"{plural(len(worse), 'page')} worse, {len(better)} better, {len(other)} with other words at the same F1"
    more = f"\n\n{plural(left_out, 'page')} more would not fit here; `--json` and `--html` have all." if left_out else ""
    return [f"<details{' open' if worse else ''}><summary>{summary}</summary>\n\n{table}{more}\n\n</details>"]


def _row(row: PageChange) -> tuple[str, ...]:
    shown, more = words.longest(row, _CHANGES)
    told = [words.state(row)] if words.state(row) else []
    if row.fate == "newly failing" and row.details[1]:
        told.append(code(row.details[1].splitlines()[0], _TEXT))
    told += [_change(change) for change in shown] + ([f"and {count(more)} more"] if more else [])
    return code(row.page, 200), points(row.a), points(row.b), signed(row.difference), "<br>".join(told)


def _change(change: Change) -> str:
    return f"{change.kind} {change.label}, {plural(change.words, 'word')}: {code(change.text, _TEXT)}"
