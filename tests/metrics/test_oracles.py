"""Rivals' metrics against the rivals' own figures: `shared/oracles/`, made by their scorers over the answers that AEB stores.

Eight systems × 181 pages (ROUGE-LSum: four systems, every fourth page). Its README asks for 1e-9.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness.metrics import accuracy, dragnet_bag, dragnet_lcs, dragnet_set, indel, rouge5, rouge_lsum, shingles, text_edit, words
from harness.records import Counts

Figures = tuple[float, ...]


def ratios(counts: Counts) -> Figures:
    return counts.precision, counts.recall, counts.f1


def by_figures(metric: Any) -> Callable[[Counts], Figures]:
    """Return a function from counts to the page's figures by the metric's own rule."""

    def figures(counts: Counts) -> Figures:
        arrays = (np.array(float(value)) for value in (counts.hits, counts.predicted, counts.expected))
        return tuple(float(value) for value in metric.figures(*arrays))

    return figures


def dragnet(gold: str, answer: str) -> Figures:
    distinct = dragnet_set.compare(gold, answer)
    bags = by_figures(dragnet_bag)(dragnet_bag.compare(gold, answer))
    return (*by_figures(dragnet_set)(distinct), *bags, dragnet_set.jaccard(distinct))


def dragnet_matched(gold: str, answer: str) -> Figures:
    counts = dragnet_lcs.compare(gold, answer)
    precision, recall, _ = by_figures(dragnet_lcs)(counts)
    return precision, recall, counts.hits


ORACLES: dict[str, Callable[[str, str], Figures]] = {
    "wcxb-words": lambda gold, answer: ratios(words.compare(gold, answer)),
    "wceb-indel": lambda gold, answer: (indel.compare(gold, answer).f1,),
    "wceb-rougelsum": lambda gold, answer: by_figures(rouge_lsum)(rouge_lsum.compare(gold, answer)),
    "wmb-rouge5": lambda gold, answer: ratios(rouge5.compare(gold, answer)),
    "wmb-edit": lambda gold, answer: by_figures(text_edit)(text_edit.compare(gold, answer))[:1],
    "dragnet-bag": dragnet,
    "dragnet-lcs": dragnet_matched,
}


@cache
def bodies(shared: Path) -> dict[str, str]:
    truth = json.loads((shared / "corpora" / "aeb" / "ground-truth.json").read_text(encoding="utf-8"))
    return {page: entry["articleBody"] for page, entry in truth.items()}


@cache
def stored(shared: Path, system: str) -> dict[str, str]:
    found = json.loads((shared / "corpora" / "aeb" / "output" / f"{system}.json").read_text(encoding="utf-8"))
    return {page: entry.get("articleBody") or "" for page, entry in found.get("output", found).items()}


@pytest.mark.parametrize("name", ORACLES)
def test_every_page_of_every_system_is_the_rivals(shared: Path, name: str) -> None:
    systems = json.loads((shared / "oracles" / f"{name}.json").read_text(encoding="utf-8"))["systems"]
    largest, pairs = 0.0, 0
    for system, pages in systems.items():
        for page, expected in pages.items():
            ours = ORACLES[name](bodies(shared)[page], stored(shared, system)[page])
            largest = max(largest, *(abs(a - b) for a, b in zip(ours, expected, strict=True)))
            pairs += 1
    assert pairs == (184 if name == "wceb-rougelsum" else 1448)
    assert largest == pytest.approx(0, abs=1e-9)


def test_accuracy_is_aebs(shared: Path) -> None:
    systems = json.loads((shared / "oracles" / "aeb-shingles.json").read_text(encoding="utf-8"))["systems"]
    for system, figures in systems.items():
        counts = [accuracy.compare(body, stored(shared, system)[page]) for page, body in bodies(shared).items()]
        assert sum(count.f1 for count in counts) / len(counts) == pytest.approx(figures["accuracy"], abs=1e-9)


@pytest.mark.parametrize(
    "metric", [shingles, accuracy, words, indel, rouge_lsum, dragnet_bag, dragnet_set, dragnet_lcs], ids=lambda m: m.__name__
)
def test_gold_lines_score_as_the_published_body(shared: Path, metric: Any) -> None:
    # What the docstrings of these metrics say: the white space that an import collapses moves no figure.
    for page, body in bodies(shared).items():
        lines = "\n".join(line for raw in body.split("\n") if (line := " ".join(raw.split())))
        answer = stored(shared, "trafilatura")[page]
        assert metric.compare(lines, answer) == metric.compare(body, answer)
