"""CleanEval: pages in a wrapper and gold with marks, written by hand after its guidelines (2007) and WCEB's reader of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness import datasets
from harness.errors import UsageError
from tests.datasets.publisher import found, imported, lines, write

HEAD = '<text id="http://quay.example/7" encoding="utf-8">\n'
PAGE = HEAD + '<html lang="en"><h1>The ferry</h1><p>It stops &amp; rests.<ul><li>Buses go</ul>\n</text>\n'
GOLD = "  URL: http://quay.example/7\n\n<h> The ferry\n<p>It stops\n&amp; rests.\n\n<L>Buses go\n"


@pytest.mark.parametrize(("raw", "gold"), [("orig", "clean"), ("input", "GoldStandard")])
def test_a_page(tmp_path: Path, raw: str, gold: str) -> None:
    _, ((page, labelled),) = imported("cleaneval", write(tmp_path / "set", {f"{raw}/7.html": PAGE, f"{gold}/7.txt": GOLD}), tmp_path / "to")
    assert (page.id, page.url) == ("quay-example/7", "http://quay.example/7")
    assert page.html == '<html lang="en"><h1>The ferry</h1><p>It stops &amp; rests.<ul><li>Buses go</ul>'
    assert lines(labelled) == [("h", "The ferry"), ("p", "It stops & rests."), ("li", "Buses go")]
    assert found(tmp_path / "to") == {}


def test_halves_and_other_encodings(tmp_path: Path) -> None:
    latin = "URL: none\nLe bac ne s'arr\u00eate plus \u00e0 Gr\u00e9holm.".encode("latin-1")
    files: dict[str, str | bytes] = {"orig/1.html": PAGE, "orig/2.html": PAGE, "clean/2.txt": latin, "clean/3.txt": GOLD}
    _, ((_, gold),) = imported("cleaneval", write(tmp_path / "set", files), tmp_path / "to")
    assert (gold.site, "url" in gold.header, lines(gold)) == ("cleaneval-2", False, [("p", "Le bac ne s'arrête plus à Gréholm.")])
    assert found(tmp_path / "to") == {"left-out": ["1", "3"], "words": ["2"]}
    with pytest.raises(UsageError, match="holds neither orig/ and clean/"):
        datasets.import_dataset("cleaneval", tmp_path, tmp_path / "other")
