"""Gold files: a TOML header between `+++` lines, then one `label: text` line per visible block, in page order."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from harness.corpus import files
from harness.corpus.check_header import value_problems
from harness.corpus.check_labels import label_problems
from harness.corpus.header import FENCE, HEADER_KEYS, UNDECIDED, Problem, parse_header
from harness.corpus.segment import Block
from harness.errors import CorpusError, did_you_mean
from harness.records import LABELS, Gold, Line
from harness.text import squeeze

_LINE = re.compile(r"(\?|[A-Za-z][A-Za-z-]*)(\+?):(.*)", re.DOTALL)


def parse(text: str) -> tuple[Gold | None, list[Problem]]:
    """Parse a gold file and return it with its structure problems (E001, E002, E010, E012, E013).

    Gold is None only where the header cannot be read. Undecided lines keep the label "?"; lines that are no lines are left out.
    """
    rows = text.removeprefix("\ufeff").split("\n")
    found = parse_header(rows)
    if isinstance(found, Problem):
        return None, [found]
    header, end = found
    problems: list[Problem] = []
    lines: list[Line] = []
    for number, row in enumerate(rows[end + 1 :], end + 2):
        if row.strip() and not row.startswith("#"):
            line = _parse_line(row, number, bool(lines), problems)
            if line is not None:
                lines.append(line)
    return Gold(header, tuple(lines)), problems


def _parse_line(row: str, number: int, has_block_above: bool, problems: list[Problem]) -> Line | None:
    match = _LINE.match(row.rstrip("\r"))
    if match is None:
        example = squeeze(row)[:24]
        problems.append(Problem(number, "E010", f'This line has no label. Write "label: text", for example "p: {example}…".'))
        return None
    label, plus, text = match.groups()
    if label not in LABELS and label != UNDECIDED:
        hint = f' Did you mean "x-{label}"?' if f"x-{label}" in LABELS else did_you_mean(label, LABELS)
        problems.append(Problem(number, "E012", f'"{label}" is not a label.{hint} All labels: clutterbench list labels.'))
        return None
    if plus and not has_block_above:
        problems.append(Problem(number, "E013", '"+" continues the block above, but there is none.'))
    if label == "code":
        return Line(label, text.removeprefix(" ").rstrip(), bool(plus), number)
    return Line(label, squeeze(text), bool(plus), number)


def load(path: Path) -> Gold:
    """Read a gold file that must be sound. Raises CorpusError with the first problem, as `path:line: CODE message`.

    Checked are the structure, the labels, and all header values that a score or a slice depends on; licence, address and labeller are
    the lint's business.
    """
    text = read_text(path)
    gold, problems = parse(text)
    if gold is not None and not problems:
        problems = value_problems(text, gold.header, f"{path.parent.name}/{path.stem}") or label_problems(gold, text)
    if gold is None or problems:
        raise refused(path, problems[0])
    return gold


def refused(path: Path, problem: Problem) -> CorpusError:
    """Return the error for a gold file that the lint would refuse."""
    return CorpusError(f"{path}:{problem.line}: {problem.code} {problem.message} Run: clutterbench gold check")


def read_text(path: Path) -> str:
    """Return a gold file's text. Raises CorpusError if it is missing, unreadable, no regular file or not UTF-8."""
    if not files.exists(path):
        raise CorpusError(f"{path}: there is no such gold file. Make one with: clutterbench gold new RAW-PAGE")
    try:
        return files.read(path).decode("utf-8")
    except UnicodeDecodeError as error:
        raise CorpusError(f"{path}: the file is not UTF-8 (byte {error.start}). Gold files are UTF-8; convert it.") from None


def render(header: Mapping[str, Any], lines: Iterable[Line]) -> str:
    """Return the text of a gold file: header keys in their fixed order, then the lines."""
    ordered = [key for key in HEADER_KEYS if key in header] + sorted(set(header) - set(HEADER_KEYS))
    out = [FENCE, *(f"{key} = {_toml(header[key])}" for key in ordered), FENCE]
    out += map(render_line, lines)
    return "\n".join(out) + "\n"


def render_line(line: Line) -> str:
    """Return a line as it stands in a gold file."""
    return f"{line.label}{'+' if line.continues else ''}: {line.text}".rstrip()


def undecided_lines(blocks: Iterable[Block]) -> list[Line]:
    """Return one line labelled "?" per block, preformatted ones as `code`, for a new gold file."""
    return [Line("code" if block.pre else UNDECIDED, block.text) for block in blocks]


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    # TOML's basic strings escape as JSON's do, and DEL besides.
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
