"""The importer of WCXB: its own layout, written by hand here and read from the published sample where that is at hand."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from harness import datasets
from harness.corpus import corpus
from harness.errors import ImportRefused, UsageError


def write(root: Path, name: str = "0001", **changes: Any) -> None:
    truth = {
        "url": "https://www.quay.co.uk/ferry",
        "ground_truth": {"main_content": "The ferry stops.\n\n  In October. "},
        "_internal": {"page_type": {"primary": "article"}},
        **changes,
    }
    for folder, path, data in (
        ("ground-truth", f"{name}.json", json.dumps(truth).encode()),
        ("html", f"{name}.html.gz", gzip.compress(b"<p>The ferry stops.<p>In October.")),
    ):
        (root / "dev" / folder).mkdir(parents=True, exist_ok=True)
        (root / "dev" / folder / path).write_bytes(data)


def test_a_page(tmp_path: Path) -> None:
    write(tmp_path / "set")
    write(tmp_path / "set", "0002", url="", ground_truth={"main_content": " "}, _internal={"page_type": {"primary": "documentation"}})
    assert datasets.import_dataset("wcxb", tmp_path / "set", tmp_path / "to").pages == 2
    (page, gold), (_, empty) = corpus.load(tmp_path / "to")
    assert page.id == "quay-co-uk/dev-0001"
    assert [(line.label, line.text) for line in gold.lines] == [("p", "The ferry stops."), ("p", "In October.")]
    assert (gold.type, gold.coverage, gold.header["source"]) == ("news", "body", "wcxb/dev/0001")
    assert (empty.type, empty.header["body"], empty.site) == ("docs", "none", "wcxb-0002")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"_internal": {"page_type": {"primary": "poem"}}}, r'page type "poem" is none of article'),
        ({"ground_truth": {}}, "lacks url, ground_truth.main_content or"),
        ({"url": "quay"}, "url as a web address"),
    ],
)
def test_what_does_not_add_up(tmp_path: Path, changes: dict[str, Any], sentence: str) -> None:
    write(tmp_path / "set", **changes)
    with pytest.raises(ImportRefused, match=sentence):
        datasets.import_dataset("wcxb", tmp_path / "set", tmp_path / "to")
    assert not (tmp_path / "to/raw").exists()


def test_pages_of_both_splits_and_phrases_against_the_gold(tmp_path: Path) -> None:
    # As 139 of WCXB's 511 test pages are also development pages, 33 of them with another gold (house-style.md).
    phrases = {"main_content": "The ferry stops.", "with": ["FERRY stops", "In  October."], "without": ["stops.", "Menu"]}
    write(tmp_path / "set")
    write(tmp_path / "other", "0009", ground_truth=phrases)
    (tmp_path / "other/dev").rename(tmp_path / "set/test")
    report = datasets.import_dataset("wcxb", tmp_path / "set", tmp_path / "to")
    assert [(found.kind, found.page, found.detail) for found in report.findings] == [
        ("repeated", "quay-co-uk/test-0009", "the same bytes as quay-co-uk/dev-0001, with another gold"),
        (
            "contradiction", "quay-co-uk/test-0009",
            '1 of 2 must-have phrases are not in it ("In  October."); 1 of 2 must-not phrases are in it ("stops.")',
        ),
        ("phrases", "quay-co-uk/test-0009", '1 of 2 must-not phrases ("Menu")'),
    ]  # fmt: skip
    assert report.notes == ("4 phrases that must or must not be in an answer were compared with the gold and not stored",)


def test_pages_without_their_partner(tmp_path: Path) -> None:
    write(tmp_path / "set")
    (tmp_path / "set/dev/html/0001.html.gz").unlink()
    with pytest.raises(ImportRefused, match=r"1 pages are in one folder only \(first: 0001, not in html/\)"):
        datasets.import_dataset("wcxb", tmp_path / "set", tmp_path / "to")
    with pytest.raises(UsageError, match="has no pages"):
        datasets.import_dataset("wcxb", tmp_path / "nothing", tmp_path / "to")


def test_the_published_sample(shared: Path, tmp_path: Path) -> None:
    """Its metadata.json counts 298 pages by type: 100 articles, 35 collections and 28 listings, 30 of documentation."""
    assert datasets.import_dataset("wcxb", shared / "corpora/wcxb", tmp_path / "to").pages == 298
    types = [gold.type for _, gold in corpus.load(tmp_path / "to")]
    assert (types.count("news"), types.count("listing"), types.count("docs")) == (100, 63, 30)
