"""A comparison for the terminal: the sentence, the figures, words by label, then the worst pages with the words that changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len, chop_cells

from harness.compare import words
from harness.compare.changes import Change
from harness.compare.comparison import Comparison, LabelChange, PageChange
from harness.escape import visible
from harness.report.view import count, plural
from harness.summary import points, signed

WIDTH = 100
_WORSE, _BETTER, _CHANGES = 10, 3, 4
"""Pages that got worse, and better, and changes of each that are shown; the JSON and HTML forms have all."""
_TEXT = 2 * WIDTH


def terminal(found: Comparison, broken: Sequence[str]) -> str:
    """Return the comparison in lines of at most 100 columns; `broken` are the gate's sentences."""
    lines = [
        *_wrapped(words.verdict(found)), "", *_named(found), "", *_table(_figures(found)), "", f"pages: {words.fates(found)}",
        *_labels("lost", words.moved_labels(found, lost=True), found), *_labels("leaked", words.moved_labels(found, lost=False), found),
    ]  # fmt: skip
    worse, better, other = words.moved_rows(found)
    for title, rows, limit in (("worse, worst first", worse, _WORSE), ("better, best first", better, _BETTER)):
        if rows:
            lines += ["", f"{title}:"]
            for row in rows[:limit]:
                lines += _page(row)
            if len(rows) > limit:
                lines.append(f"  and {plural(len(rows) - limit, 'page')} more; --json and --html have all")
    if other:
        first = ", ".join(row.page for row in other[:_BETTER])
        lines += ["", *_wrapped(f"same F1, other words: {first}" + (f" and {len(other) - _BETTER} more" if other[_BETTER:] else ""))]
    for sentence in broken:
        lines += ["", *_wrapped(f"FAIL: {sentence}")]
    return "\n".join([*lines, "", *chop_cells(found.signature, WIDTH)]) + "\n"


def _named(found: Comparison) -> Iterator[str]:
    for letter, side in (("A", found.a), ("B", found.b)):
        version = f" (version {side.told_version})" if side.told_version else ""
        yield from _wrapped(f"{letter} = {side.name}{version}")


def _figures(found: Comparison) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [("", "A", "B", "B − A (95 % interval)")]
    for name, figure in (("F1", found.f1), ("precision", found.precision), ("recall", found.recall)):
        rows.append((name, points(figure.a), points(figure.b), words.with_interval(figure)))
    for name, (a, b) in (("failed pages", found.failed), ("empty answers", found.empty)):
        rows.append((name, str(a), str(b), words.change_of(b - a)))
    return rows


def _labels(verb: str, labels: Sequence[LabelChange], found: Comparison) -> list[str]:
    rows = [(f"words {verb}", "A", "B", "B − A", "of", "pages", "points of rate (95 % interval)")]
    for row in labels:
        rows.append(
            (
                words.label_name(row), count(row.a), count(row.b), words.change_of(row.b - row.a), count(row.tokens), str(row.pages),
                words.with_interval(row.rate),
            )
        )  # fmt: skip
    if verb == "leaked":
        rows += [(name, count(a), count(b), words.change_of(b - a), "–", "–", "–") for name, (a, b) in found.strange.items() if a or b]
    return ["", *_table(rows)] if len(rows) > 1 else []


def _table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(cell_len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [cell.rjust(width) for cell, width in zip(row[1:-1], widths[1:-1], strict=True)]
        lines.append("  " + "  ".join([row[0].ljust(widths[0]), *cells, row[-1]]).rstrip())
    return lines


def _page(row: PageChange) -> Iterator[str]:
    state = words.state(row)
    yield f"  {row.page}  {points(row.a)} → {points(row.b)}  {signed(row.difference)}" + (f"  {state}" if state else "")
    if row.details[1] and row.fate == "newly failing":
        yield from _wrapped(row.details[1].splitlines()[0], "      ")
    shown, more = words.longest(row, _CHANGES)
    for change in shown:
        yield from _wrapped(_change(change), "      ")
    if more:
        yield f"      and {count(more)} more"


def _change(change: Change) -> str:
    text = change.text if len(change.text) <= _TEXT else change.text[:_TEXT].rpartition(" ")[0] + " …"
    marked = f"[-{text}-]" if change.kind == "lost" else f"{{+{text}+}}" if change.kind in ("leaked", "new") else text
    size = f", {change.words} words" if text != change.text else ""
    return f"{change.kind} {change.label}{size}: {marked}"


def _wrapped(text: str, indent: str = "") -> list[str]:
    """Wrap text to the terminal's width, which characters of many scripts fill twice; a longer word is cut where it must be."""
    lines: list[str] = []
    line, below = indent, indent and indent + "  "
    for word in visible(text).split(" "):
        for part in chop_cells(word, WIDTH - len(below)) or [""]:
            if line.strip() and cell_len(line) + 1 + cell_len(part) > WIDTH:
                lines.append(line)
                line = below
            line += f" {part}" if line.strip() else part
    return [*lines, line]
