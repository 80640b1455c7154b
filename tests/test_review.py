"""The review table of a pull request: counts by hand (tests/corpora.py), and what pages and extractors say cannot leave its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.progress import Progress
from harness.review import review
from tests.corpora import write_corpus


def test_a_sound_page(tmp_path: Path) -> None:
    root = write_corpus(tmp_path, {"post": "Greyholm", "echo": "Ness"})
    rows = list(review(root, ["post/pier"], Progress(), ["trafilatura"]))
    assert rows[0] == "### 1 page, 0 with errors"
    # 51 body, 5 may, 6 + 8 + 19 = 33 clutter words of 89.
    assert "news, en, original; 89 words" in rows
    assert "| body | 51 | 57% | `p` 40, `li` 11 |" in rows
    assert "| clutter | 33 | 37% | `x-trending` 19, `x-see-also` 8, `x-nav` 6 |" in rows
    # Everything: 51 kept of 51 + 33.
    (everything,) = [row for row in rows if row.startswith("| everything ")]
    assert "| 75.6 | 60.7 | 100.0 | `x-trending` 19, `x-see-also` 8, `x-nav` 6 | ok |" in everything
    assert any(row.startswith("| trafilatura |") for row in rows)


def test_a_broken_page_has_findings_and_no_scores(tmp_path: Path) -> None:
    root = write_corpus(tmp_path, {"post": "Greyholm", "echo": "Ness"})
    gold = root / "gold/post/pier.txt"
    gold.write_text(gold.read_text(encoding="utf-8").replace("fish pier was", "fish *pier*|<b> was"), encoding="utf-8")
    rows = list(review(root, ["post/pier"], Progress(), ["trafilatura"]))
    assert rows[0] == "### 1 page, 1 with errors"
    (finding,) = [row for row in rows if row.startswith("- line")]
    assert finding.startswith("- line 15: **E030** ")
    assert r"\*pier\*\|\<b\>" in finding
    assert not any(row.startswith("| trafilatura") for row in rows)


def test_a_page_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match='no page "post/pear"'):
        list(review(write_corpus(tmp_path, {"post": "Greyholm"}), ["post/pear"], Progress()))
