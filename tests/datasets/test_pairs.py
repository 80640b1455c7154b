"""A folder of pages and texts: what makes a pair, what a site is, and what has no partner."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from harness import datasets
from harness.errors import UsageError
from tests.datasets.publisher import found, imported, lines, write

PAGE = "<html lang='en'><nav>Home</nav><p>The ferry stops.</p></html>"


def test_pairs(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "news/A.html": PAGE, "news/A.txt": "The ferry stops.\n\nFor good.\n", "news/deep/b.html.gz": gzip.compress(PAGE.encode() + b"!"),
        "news/deep/b.txt": "The ferry stops.", "c.htm": PAGE + "?", "c.txt": "",
        "d.html": PAGE, "e.txt": "x", "f.html.gz": "torn", "f.txt": "x",
    }  # fmt: skip
    report, pages = imported("pairs", write(tmp_path / "set", files), tmp_path / "to")
    assert [(page.id, gold.site) for page, gold in pages] == [("c/c", "c"), ("news/a", "news"), ("news/deep-b", "news")]
    assert lines(pages[1][1]) == [("p", "The ferry stops."), ("p", "For good.")]
    assert pages[0][1].header["body"] == "none"
    kinds = found(tmp_path / "to")
    assert (kinds["left-out"], kinds["empty-gold"], kinds["words"]) == (["d", "e", "f"], ["c"], ["news/A"])
    assert (report.pages, report.found, report.sites) == (3, 6, 2)


def test_no_pairs(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has no pairs"):
        datasets.import_dataset("pairs", write(tmp_path / "set", {"a.html": PAGE, "b.txt": "x"}), tmp_path / "to")
