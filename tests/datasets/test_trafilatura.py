"""trafilatura's evaluation set: addresses with phrases, written by hand here and read from the published sample where that is at hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness import datasets
from harness.case import Case
from harness.errors import ImportRefused, UsageError
from harness.metrics import segments
from tests.datasets.publisher import found, imported, lines, write

PAGE = '<html lang="de-AT"><p>Die Fähre hält.</p><p>Der Pier ist zu.</p><nav>Impressum</nav></html>'


def _set(root: Path, **entries: Any) -> Path:
    good = {"file": "fish.example.ferry.html", "with": ["Fähre hält", "Pier"], "without": ["Impressum", "Ganz anderes"]}
    data = {"https://www.fish.co.uk/ferry": good, "hard::second.html": {**good, "file": "second.html"}, **entries}
    pages = {"tests/eval/fish.example.ferry.html": PAGE, "tests/cache/second.html": PAGE + " "}
    return write(root, {"tests/evaldata.json": json.dumps(data), **pages})


def test_pages_with_phrases(tmp_path: Path) -> None:
    report, ((page, gold), (_, second)) = imported("trafilatura", _set(tmp_path / "set"), tmp_path / "to")
    assert page.id == "fish-co-uk/fish-example-ferry"
    assert (gold.coverage, gold.language, gold.site, gold.header["source"]) == (
        "snippets", "de-AT", "fish.co.uk", "trafilatura/fish.example.ferry.html",
    )  # fmt: skip
    assert lines(gold) == [("p", "Fähre hält"), ("p", "Pier"), ("x-other", "Impressum"), ("x-other", "Ganz anderes")]
    assert (second.site, "url" in second.header) == ("trafilatura-second", False)
    # The two pages differ by a blank; one phrase stands on neither.
    assert found(tmp_path / "to") == {
        "repeated": ["second.html"], "phrases": ["fish.example.ferry.html", "second.html"],
    }  # fmt: skip
    assert (report.pages, report.sites) == (2, 2)


def test_what_is_wrong_is_said(tmp_path: Path) -> None:
    lost = {"file": "lost.html", "with": [], "without": []}
    clash = {"file": "second.html", "with": ["Der Pier ist zu."], "without": ["pier"]}
    report, _ = imported("trafilatura", _set(tmp_path / "set", lost=lost, clash=clash), tmp_path / "to")
    assert found(tmp_path / "to") == {
        "left-out": ["lost.html"],
        "repeated": ["second.html", "second.html"],
        "contradiction": ["second.html"],
        "phrases": ["fish.example.ferry.html", "second.html"],
    }
    assert (report.pages, report.found) == (3, 4)


@pytest.mark.parametrize("entry", [5, {"file": "../x", "with": [], "without": []}, {"file": "a.html", "with": "b", "without": []}])
def test_what_does_not_add_up(tmp_path: Path, entry: Any) -> None:
    with pytest.raises(ImportRefused, match="odd lacks file, with or without"):
        datasets.import_dataset("trafilatura", _set(tmp_path / "set", odd=entry), tmp_path / "to")
    assert not (tmp_path / "to").exists()
    with pytest.raises(UsageError, match=r"evaldata\.json is missing"):
        datasets.import_dataset("trafilatura", tmp_path, tmp_path / "to")


def test_the_published_sample(shared: Path, tmp_path: Path) -> None:
    """Counted in evaldata.json by hand: 12 documents, 36 phrases that must and 37 that must not be there."""
    report, pages = imported("trafilatura", shared / "corpora/trafilatura-eval", tmp_path / "to")
    labels = [line.label for _, gold in pages for line in gold.lines]
    assert (report.pages, report.sites, labels.count("p"), labels.count("x-other")) == (12, 12, 36, 37)
    # Six must-not phrases are not in the pages' visible text.
    assert len(found(tmp_path / "to")["phrases"]) == 4
    # By the metric's definition: the whole page has every must-have phrase and every must-not phrase that it shows.
    parts = [segments.measure(Case(page, gold), page.text).parts for page, gold in pages]
    assert (sum(part["tp"] for part in parts), sum(part["fn"] for part in parts)) == (36, 0)
