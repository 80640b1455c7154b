"""AEB's table from its gold and stored answers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness import reproduce
from harness.errors import StoreError, UsageError

# README of scrapinghub/article-extraction-benchmark, as shared/reference/scoring.md found it reproduced: F1, precision, recall, accuracy
# to three decimals. AutoExtract and readability also stand so in its README of 2019 (025e4c1).
README = {
    "AutoExtract": ("0.970", "0.984", "0.956", "0.470"),
    "readability": ("0.922", "0.913", "0.931", "0.315"),
    "html-text": ("0.665", "0.500", "0.994", "0.000"),
}


@pytest.fixture(scope="module")
def rows(shared: Path) -> list[reproduce.Row]:
    return reproduce.reproduce("aeb", shared / "corpora" / "aeb")


def test_every_figure_is_aebs(shared: Path, rows: list[reproduce.Row]) -> None:
    # Oracle aeb-shingles.json holds evaluate.py's own aggregates.
    systems = json.loads((shared / "oracles" / "aeb-shingles.json").read_text(encoding="utf-8"))["systems"]
    assert {row.name for row in rows} == set(systems)
    for row in rows:
        for key in ("f1", "precision", "recall", "accuracy"):
            assert getattr(row, key).value == pytest.approx(systems[row.name][key], abs=1e-9)
        assert row.version == systems[row.name]["version"]


def test_the_readmes_rows(rows: list[reproduce.Row]) -> None:
    by_name = {row.name: row for row in rows}
    for name, figures in README.items():
        row = by_name[name]
        assert tuple(f"{figure.value:.3f}" for figure in (row.f1, row.precision, row.recall, row.accuracy)) == figures


def test_deviations_are_those_of_the_readme_within_its_noise(rows: list[reproduce.Row]) -> None:
    # README: AutoExtract F1 ± 0.005, precision ± 0.002, recall ± 0.010, accuracy ± 0.037; readability 0.014, 0.014, 0.016, 0.035.
    # scoring.md section 1: unseeded, so runs differ by up to 0.0025.
    by_name = {row.name: row for row in rows}
    for name, figures in {"AutoExtract": (0.005, 0.002, 0.010, 0.037), "readability": (0.014, 0.014, 0.016, 0.035)}.items():
        row = by_name[name]
        found = [figure.deviation for figure in (row.f1, row.precision, row.recall, row.accuracy)]
        assert found == pytest.approx(figures, abs=0.0025)


def test_the_table(rows: list[reproduce.Row]) -> None:
    lines = reproduce.text(rows).split("\n")
    assert lines[0].split() == ["Model", "Version", "F1", "Precision", "Recall", "Accuracy"]
    assert lines[2].startswith("AutoExtract  -        0.970 ± 0.005  0.984 ± 0.00")
    assert lines[3].startswith("trafilatura  2.0.0    0.958 ± 0.00")
    assert len(lines) == 10


def checkout(root: Path, gold: dict[str, str], answers: dict[str, str | None]) -> Path:
    (root / "output").mkdir()
    (root / "ground-truth.json").write_text(json.dumps({page: {"articleBody": body, "url": "u"} for page, body in gold.items()}))
    (root / "output" / "tool.json").write_text(json.dumps({page: {"articleBody": body} for page, body in answers.items()}))
    return root


def test_an_empty_answer_lowers_recall_alone(tmp_path: Path) -> None:
    # By hand: page 1 is right (1, 1), page 2 has no answer: precision over page 1 only, recall (1 + 0) / 2, F1 of the two means 2/3.
    source = checkout(tmp_path, {"1": "a b c d", "2": "e f g h"}, {"1": "a b c d", "2": None})
    (row,) = reproduce.reproduce("aeb", source)
    assert (row.precision.value, row.recall.value, row.accuracy.value) == (1, 0.5, 0.5)
    assert row.f1.value == pytest.approx(2 / 3)


def test_pages_must_be_those_of_the_gold(tmp_path: Path) -> None:
    # AEB: "prediction keys do not match ground truth"
    source = checkout(tmp_path, {"1": "a", "2": "b"}, {"1": "a"})
    with pytest.raises(StoreError, match=r"tool\.json: 1 pages differ from the gold; 2 has no answer"):
        reproduce.reproduce("aeb", source)


def test_what_is_no_checkout_or_no_benchmark(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="output is missing"):
        reproduce.reproduce("aeb", tmp_path)
    with pytest.raises(UsageError, match='There is no table of "aebb"'):
        reproduce.reproduce("aebb", tmp_path)
