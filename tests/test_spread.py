"""What a corpus has and lacks, counted by hand on two pages."""

from __future__ import annotations

from pathlib import Path

from harness.spread import Row, markdown_gaps, spread
from tests.corpora import write_corpus


def test_rows_and_gaps(tmp_path: Path) -> None:
    rows = {(row.kind, row.value): row for row in spread(write_corpus(tmp_path, {"post": "Greyholm", "echo": "Ness"}))}
    assert rows["type", "news"] == Row("type", "news", 2, 2, 8, 4)
    assert rows["label", "x-trending"].pages == 2
    assert rows["label", "x-cookie"].pages == 0
    assert [value for kind, value in rows if kind == "language"] == ["en"]
    gaps = list(markdown_gaps([rows["type", "news"], rows["label", "x-cookie"], Row("label", "p", 9, 4, 8, 4)]))
    assert gaps[2:] == ["| label `x-cookie` | 0 | 8 | 0 | 4 |", "| type `news` | 2 | 8 | 2 | 4 |"]


def test_nothing_is_short() -> None:
    assert next(markdown_gaps([Row("label", "p", 9, 4, 8, 4)])).startswith("Nothing is short")
