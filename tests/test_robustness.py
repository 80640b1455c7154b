"""Odd pages: that they are what they are called, and what becomes of extractors on them."""

import dataclasses
import re
from pathlib import Path

import pytest

from harness import registry, robustness
from harness.errors import StoreError
from harness.extract.sandbox import Limits
from harness.progress import Progress

ODD = """
import os


def extract(html: str, url: str) -> str | None:
    if not html:
        raise ValueError("empty")
    if html == "x":
        os._exit(3)
    if "\\0" in html:
        return None
    return html[:200] if len(html) < 15_000_000 else "x" * len(html)
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> robustness.Robustness:
    folder = tmp_path_factory.mktemp("odd")
    (folder / "odd.py").write_text(ODD)
    (folder / "absent.py").write_text("DISTRIBUTION = 'no-such-package'\ndef extract(html, url): return ''\n")
    (folder / "lines.py").write_text("TRACK = 'text'\ndef extract(html, url): return ''\n")
    extractors = registry.select([str(folder / f"{name}.py") for name in ("odd", "absent", "lines")])
    return robustness.measure(extractors, Progress(), limits=Limits(cpu=5))


def test_pages_are_what_they_are_called() -> None:
    made = {name: make() for name, make in robustness.PAGES.items()}
    assert made["empty"] == ""
    assert len(made["one byte"].encode()) == 1
    assert "\0" in made["NULs"]
    assert "<" not in made["text without tags"]
    assert len(made["20 MB"]) == pytest.approx(20e6, rel=0.05)
    assert len(re.sub("<script.*?</script>|<[^>]*>", "", made["20 MB"])) < 12e6  # so that an answer with all of it is within the limit
    assert made["5,000 nested divs"].count("<div>") == 5000
    assert made["500 nested tables"].count("<table>") == 500
    assert made["100,000 links"].count("<a ") == 100_000
    assert len(made["endless attribute"]) > 5_000_000
    assert "\ufffd" in made["broken encoding"]
    for page in set(made) - {"empty", "one byte", "NULs"}:
        assert "first ferry" in made[page]
    for page in made.values():
        page.encode()


def test_every_cell_is_there_with_its_status(found: robustness.Robustness) -> None:
    assert set(found.cells) == {"odd"}
    row = found.cells["odd"]
    assert list(row) == list(robustness.PAGES)
    assert (row["empty"].status, row["empty"].detail) == ("error", "ValueError: empty (odd.py:7)")
    assert (row["one byte"].status, row["one byte"].detail) == ("crash", "ended with exit status 3")
    assert (row["NULs"].status, row["NULs"].words) == ("none", 0)
    assert row["20 MB"].status == "error"  # an answer over the limit
    assert {row[page].status for page in set(row) - {"empty", "one byte", "NULs", "20 MB"}} == {"ok"}
    assert found.did_not_run == {"absent": "absent: no-such-package is not installed."}
    assert robustness.names(found, "crash") == [("odd", "one byte")]


def test_table_survives_storing(found: robustness.Robustness, tmp_path: Path) -> None:
    assert robustness.read(tmp_path) is None
    path = robustness.write(tmp_path, found)
    assert path == tmp_path / "benchmarks" / "robustness.json"
    assert robustness.read(tmp_path) == found
    path.write_text(path.read_text().replace('"format": 1', '"format": 2'))
    with pytest.raises(StoreError, match=r"is of another format than 1\. Make it again: clutterbench stress"):
        robustness.read(tmp_path)
    path.write_text("[]")
    with pytest.raises(StoreError, match="is damaged"):
        robustness.read(tmp_path)


def test_rows_show_status_and_seconds(found: robustness.Robustness) -> None:
    slow = dataclasses.replace(found.cells["odd"]["empty"], status="ok", cpu=2.345)
    cells = {"odd": {**found.cells["odd"], "empty": slow}}
    row, absent = robustness.rows(dataclasses.replace(found, cells=cells))
    assert (row["extractor"], row["empty"], row["one byte"]) == ("odd", "· 2.3 s", "crash")
    assert set(absent.values()) == {"absent", "did not run"}
