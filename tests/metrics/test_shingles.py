"""AEB's shingles: exact against AEB's own figures for its eight stored systems."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.metrics.shingles import compare
from harness.records import Counts


def test_short_texts() -> None:
    # metrics.md section 1: a text of one to three tokens is one shorter shingle, an empty one none
    assert compare("", "") == Counts(0, 0, 0)
    assert compare("one two", "one two") == Counts(1, 1, 1)
    assert compare("one two three", "one two") == Counts(0, 1, 1)
    assert compare("a b c d e", "a b c d") == Counts(1, 1, 2)
    assert compare("A a", "a a") == Counts(0, 1, 1)


def test_counts_by_hand() -> None:
    # gold 2 shingles, answer 3, one shared
    counts = compare("a b c d e", "x a b c d y")
    assert (counts.hits, counts.predicted, counts.expected) == (1, 3, 2)


def test_every_page_of_every_system_is_aebs(shared: Path) -> None:
    """Oracle `aeb-shingles.json`: tp, fp, fn per page, each divided by their sum. Its README asks for 1e-9."""
    systems = json.loads((shared / "oracles" / "aeb-shingles.json").read_text())["systems"]
    truth = json.loads((shared / "corpora" / "aeb" / "ground-truth.json").read_text())
    largest = 0.0
    for system, figures in systems.items():
        answers = json.loads((shared / "corpora" / "aeb" / "output" / f"{system}.json").read_text())
        answers = answers.get("output", answers)
        for page, (hit, wrong, missed, *_) in figures["pages"].items():
            counts = compare(truth[page]["articleBody"], answers[page].get("articleBody") or "")
            total = counts.predicted + counts.expected - counts.hits or 1
            ours = (counts.hits / total, (counts.predicted - counts.hits) / total, (counts.expected - counts.hits) / total)
            largest = max(largest, *(abs(a - b) for a, b in zip(ours, (hit, wrong, missed), strict=True)))
    assert largest == pytest.approx(0, abs=1e-9)
