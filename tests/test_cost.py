"""Cost: the arithmetic by hand, and the course of a measurement with extractors whose cost is known."""

import json
from pathlib import Path

import pytest

from harness import cost
from harness.errors import InstallError, NothingMatched, StoreError, UsageError
from harness.progress import Progress
from tests.corpora import write_corpus

SPIN = """
import time

VARIANTS = {"once": {"times": 1}, "thrice": {"times": 3}}


def extract(html: str, url: str, *, times: int) -> str:
    began = time.process_time()
    while time.process_time() - began < 0.02 * times:
        pass
    return html
"""


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return write_corpus(tmp_path / "corpus", {f"site{number}": "Greyholm " * number for number in range(1, 6)})


@pytest.fixture
def spin(tmp_path: Path) -> str:
    path = tmp_path / "spin.py"
    path.write_text(SPIN)
    return str(path)


def test_exponent_is_the_slope_in_logarithms() -> None:
    assert cost.exponent([1, 4, 16], [2, 8, 32]) == pytest.approx(1)
    assert cost.exponent([1, 4, 16], [3, 48, 768]) == pytest.approx(2)
    assert cost.exponent([1, 4, 16], [5, 5, 5]) == pytest.approx(0)


def test_page_is_repeated_within_its_body() -> None:
    page = "<html><head><title>t</title></head><body class=x><p>one</p></body></html>"
    assert cost.repeated(page, 1) == page
    assert cost.repeated(page, 2) == "<html><head><title>t</title></head><body class=x><p>one</p><p>one</p></body></html>"
    assert cost.repeated("<p>one", 3) == "<p>one<p>one<p>one"


def test_ratio_is_to_the_reference_and_survives_storing(corpus: Path, spin: str) -> None:
    found = cost.measure(corpus, [spin], Progress(), rounds=2, pages=3, reference=spin)
    by_name = {each.extractor: each for each in found.costs}
    assert found.reference == {"html": "once"}
    assert (found.rounds, found.pages) == (2, {"html": 3})
    assert by_name["once"].ratio == pytest.approx(1, rel=0.2)
    assert by_name["thrice"].ratio == pytest.approx(3, rel=0.2)
    assert by_name["thrice"].page_median == pytest.approx(60, rel=0.2)
    assert by_name["thrice"].growth == pytest.approx(0, abs=0.2)  # it takes as long whatever the page
    assert all(each.start and each.failed == 0 and each.reason == "" for each in found.costs)
    assert {"processor", "cores", "system", "python", "clutterbench"} == set(found.machine)
    path = cost.write(corpus, found)
    assert path == corpus / "benchmarks" / "cost.json"
    assert cost.read(corpus) == found
    assert [row["extractor"] for row in cost.rows(found)] == ["once", "thrice"]


def test_pages_are_from_the_smallest_to_the_largest(corpus: Path, tmp_path: Path) -> None:
    path = tmp_path / "size.py"
    path.write_text("def extract(html, url): return str(len(html))\n")
    found = cost.measure(corpus, [str(path)], Progress(), rounds=1, pages=2, reference="everything")
    sizes = sorted(path.stat().st_size for path in (corpus / "raw").glob("*/*.html"))
    assert found.bytes == {"html": sizes[0] + sizes[-1]}


def test_failures_are_counted_and_what_cannot_run_has_its_reason(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "fails.py").write_text("def extract(html, url): raise ValueError\n")
    (tmp_path / "absent.py").write_text("DISTRIBUTION = 'no-such-package'\ndef extract(html, url): return ''\n")
    (tmp_path / "broken.py").write_text("import no_such_module\ndef extract(html, url): return ''\n")
    names = [str(tmp_path / f"{name}.py") for name in ("fails", "absent", "broken")]
    found = {each.extractor: each for each in cost.measure(corpus, names, Progress(), rounds=1, pages=2, reference="everything").costs}
    assert (found["fails"].failed, found["fails"].growth) == (3, None)  # two pages, and one of them once more to warm up
    assert found["absent"].reason == "absent: no-such-package is not installed."
    assert "No module named 'no_such_module'" in found["broken"].reason
    assert found["broken"].ratio is None


def test_reference_that_cannot_run_is_an_error(corpus: Path, tmp_path: Path, spin: str) -> None:
    path = tmp_path / "broken.py"
    path.write_text("import no_such_module\ndef extract(html, url): return ''\n")
    with pytest.raises(InstallError, match=r"broken, which the others are compared with, cannot be: .*Name another: --reference NAME"):
        cost.measure(corpus, [spin], Progress(), rounds=1, pages=2, reference=str(path))


def test_reference_of_another_track_is_refused(corpus: Path, spin: str) -> None:
    with pytest.raises(UsageError, match="--reference justext-lines does not run on the html track"):
        cost.measure(corpus, [spin], Progress(), reference="justext-lines")


def test_too_little_to_measure(corpus: Path, spin: str) -> None:
    with pytest.raises(UsageError, match="at least 1 round of 2 pages"):
        cost.measure(corpus, [spin], Progress(), rounds=0)
    for path in (corpus / "raw").glob("*/*.html"):
        path.rename(path.with_suffix(".txt"))
    with pytest.raises(NothingMatched, match="has no page that once, thrice can read"):
        cost.measure(corpus, [spin], Progress(), reference=spin)


@pytest.mark.parametrize("text", ["{", "[]", '{"format": 9, "costs": []}', '{"format": 1, "costs": [{"x": 1}]}'])
def test_stored_file_that_cannot_be_used(tmp_path: Path, text: str) -> None:
    assert cost.read(tmp_path) is None
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "benchmarks" / "cost.json").write_text(text)
    with pytest.raises(StoreError, match="Measure again: clutterbench time"):
        cost.read(tmp_path)


def test_stored_form_names_its_version(corpus: Path, spin: str) -> None:
    path = cost.write(corpus, cost.measure(corpus, [spin], Progress(), rounds=1, pages=2, reference=spin))
    assert path is not None
    assert json.loads(path.read_text())["format"] == cost.FORMAT
