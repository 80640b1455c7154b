"""What `clutterbench show` prints, by hand: the explorer's problems and numbers, in 100 columns, nothing that steers a terminal."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.cells import cell_len

from harness import explore
from harness.case import Case
from harness.corpus import corpus
from harness.explore import Sheet
from harness.records import Extraction
from harness.show import show
from tests.corpora import write_corpus

ANSWER = (
    "Storm closes the fish pier\n"
    "The old fish pier was closed on Friday after waves broke two of its piles, the harbour board of Greyholm said. "
    "READ MORE: New owner for the ice house\n"
    "Ferries run as usual from the south side of the bay. Zebra \x1b[31m\u202e"
)

EXPECTED = """\
post/pier × tool: ok
F1 68.8, precision 76.2, recall 62.7
lost 19 of 51 body words; leaked 8 clutter words: x-see-also 8; repeated 0; not on the page 2

3 problems
   #1 lost paragraph, 19 words, line 16: Boats will land at the north quay until divers have looked
      at the …
   #2 leaked x-see-also, 8 words, line 17: READ MORE: New owner for the ice house
   #3 not on the page, 2 words, after line 18: Zebra \\u001b[31m\\u202e

         14  title          (Storm closes the fish pier)
         15  p              The old fish pier was closed on Friday after waves broke two of its
                            piles, the harbour board of Greyholm said.
   #1    16  p              [-Boats will land at the north quay until divers have looked at the
                            damage, which may take three weeks.-]
   #2    17  x-see-also+    {+READ MORE: New owner for the ice house+}
         18  li             Ferries run as usual from the south side of the bay.
   #3        not on page    {+Zebra \\u001b[31m\\u202e+}
"""


@pytest.fixture
def sheet(tmp_path: Path) -> Sheet:
    root = write_corpus(tmp_path, {"post": "Greyholm"})
    return explore.sheet(Case(*corpus.load(root).entries[0].load()))


def shown(sheet: Sheet, answer: str) -> list[str]:
    return list(show(sheet, Extraction("tool", "post/pier", "ok", answer)))


def test_problems_lines_and_marks(sheet: Sheet) -> None:
    # kept 21 + 11 = 32 of 51; predicted 32 + 8 + 2 = 42 (zebra, 31m): precision 76.2.
    lines = shown(sheet, ANSWER)
    assert "\n".join(lines) + "\n" == EXPECTED


def test_a_failure_says_why_and_counts_as_a_miss(sheet: Sheet) -> None:
    lines = list(show(sheet, Extraction("tool", "post/pier", "error", "", "ValueError: no\n  at \x1b[2J line")))
    assert lines[:3] == ["post/pier × tool: error, ValueError: no", "  at \\u001b[2J line", "F1 0.0, precision 0.0, recall 0.0"]


@pytest.mark.parametrize("text", ["word " * 300, "x" * 1000, "没有" * 500, "مرحبا " * 200, ("x" * 150 + " ") * 5])
def test_no_line_is_wider_than_a_hundred_columns(sheet: Sheet, text: str) -> None:
    lines = shown(sheet, text + ANSWER)
    assert max(map(cell_len, lines)) <= 100
    assert all(line == line.rstrip() for line in lines)
