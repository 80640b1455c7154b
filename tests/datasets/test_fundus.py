"""The Fundus evaluation: optional paragraphs, which no answer gains or loses by. The form is that of its ground_truth.json at 4937e48."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from harness import datasets
from harness.case import Case
from harness.errors import ImportRefused, UsageError
from harness.metrics import alignment
from tests.datasets.publisher import found, imported, lines, write

PAGE = b"<html><p>One ferry stops here.</p><p>This is part of our effort.</p><nav>Home</nav></html>"
ENTRY = {"body": ["One ferry stops here.", "[This is part of our effort.]"], "url": "https://apnews.com/x", "crawl_date": "2024-02-28"}


def _set(root: Path, **changes: Any) -> Path:
    truth = {"APNews_0.html.gz": {**ENTRY, **changes}, "CNBC_0.html.gz": ENTRY}
    html = {f"dataset/html/{name}.html.gz": gzip.compress(PAGE) for name in ("APNews_0", "LATimes_0")}
    return write(root, {"dataset/ground_truth.json": json.dumps(truth), **html})


def test_an_optional_paragraph_counts_nowhere(tmp_path: Path) -> None:
    report, ((page, gold),) = imported("fundus", _set(tmp_path / "set"), tmp_path / "to")
    assert (page.id, report.pages, report.found) == ("apnews-com/apnews-0", 1, 3)
    assert lines(gold) == [("p", "One ferry stops here."), ("note", "This is part of our effort.")]
    with_it, without = (alignment.measure(Case(page, gold), answer).counts for answer in (page.text, "One ferry stops here."))
    assert (without.hits, without.predicted, without.expected) == (4, 4, 4)
    assert with_it.predicted == 5  # the four words and "Home"
    assert found(tmp_path / "to") == {"left-out": ["CNBC_0", "LATimes_0"]}


@pytest.mark.parametrize("changes", [{"body": "text"}, {"url": ""}, {"body": [5]}])
def test_what_does_not_add_up(tmp_path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(ImportRefused, match=r"APNews_0: ground_truth\.json lacks its body"):
        datasets.import_dataset("fundus", _set(tmp_path / "set", **changes), tmp_path / "to")
    write(
        tmp_path / "set", {"dataset/html/APNews_0.html.gz": b"torn", "dataset/ground_truth.json": json.dumps({"APNews_0.html.gz": ENTRY})}
    )
    with pytest.raises(ImportRefused, match="does not decompress"):
        datasets.import_dataset("fundus", tmp_path / "set", tmp_path / "to")
    with pytest.raises(UsageError, match=r"ground_truth\.json is missing"):
        datasets.import_dataset("fundus", tmp_path / "to", tmp_path / "to")
