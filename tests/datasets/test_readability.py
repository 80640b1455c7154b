"""Mozilla Readability's test pages: folders of three files, written by hand here and read from the published sample."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness import datasets
from harness.errors import ImportRefused, UsageError
from tests.datasets.publisher import found, imported, lines, write

PAGE = '<html lang="fr"><nav>Menu</nav><h2>Le bac</h2><p>Le bac   ne passe plus.</p></html>'
EXPECTED = '<div id="readability-page-1"><h2>Le bac</h2><p>Le bac ne\n passe plus.</p></div>'


def _folder(name: str, **changes: str) -> dict[str, str | bytes]:
    files = {"source.html": PAGE, "expected.html": EXPECTED, "expected-metadata.json": '{"title": "Le bac"}', **changes}
    return {f"test/test-pages/{name}/{file}": content for file, content in files.items() if content}


def test_a_page(tmp_path: Path) -> None:
    source = write(
        tmp_path / "set", _folder("bac-1") | _folder("empty", **{"expected.html": "<div></div>", "source.html": "<p>Le quai</p>"})
    )
    _, ((page, gold), (_, empty)) = imported("readability", source, tmp_path / "to")
    assert (page.id, gold.site, gold.language, gold.coverage) == ("bac/bac-1", "bac", "fr", "body")
    assert lines(gold) == [("p", "Le bac"), ("p", "Le bac ne passe plus.")]
    assert (empty.header["body"], empty.lines) == ("none", ())
    assert found(tmp_path / "to") == {"empty-gold": ["empty"]}


def test_what_is_wrong(tmp_path: Path) -> None:
    source = write(tmp_path / "set", _folder("bac-1") | _folder("half", **{"expected.html": ""}) | _folder("blank", **{"source.html": " "}))
    report, _ = imported("readability", source, tmp_path / "to")
    assert found(tmp_path / "to") == {"left-out": ["half", "blank"]}
    assert (report.pages, report.found) == (1, 3)
    assert report.findings[0].detail == "it has no expected.html"
    write(tmp_path / "set", {"test/test-pages/bac-1/expected-metadata.json": "[]"})
    with pytest.raises(ImportRefused, match="expected an object with title"):
        datasets.import_dataset("readability", source, tmp_path / "other")
    with pytest.raises(UsageError, match="has no pages"):
        datasets.import_dataset("readability", tmp_path, tmp_path / "other")


def test_the_published_sample(shared: Path, tmp_path: Path) -> None:
    """Six folders; every word of their expected answers stands on their pages, as one expects of a tool's own answers."""
    report, pages = imported("readability", shared / "corpora/readability", tmp_path / "to")
    assert (report.pages, report.sites, report.findings) == (6, 6, ())
    first = {gold.header["source"]: gold.body.split("\n")[0] for _, gold in pages}
    assert first["readability/001"].startswith("So finally you're testing your frontend JavaScript code?")
