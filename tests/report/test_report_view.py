"""The words for figures, and labels as a grid."""

from __future__ import annotations

import pytest

from harness.escape import visible
from harness.report import view
from harness.stats import Interval, LabelRow, Row


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ünïcode – 漢字", "plain ünïcode – 漢字"),
        ("a\tb\nc\r", "a\\tb\\nc\\r"),
        ("\u202eabc\u2066\u200b", "\\u202eabc\\u2066\\u200b"),
        ("\x1b[31m\x00\x85", "\\u001b[31m\\u0000\\u0085"),
        ("\ud800\u2028\U000e0041", "\\ud800\\u2028\\U000e0041"),
        ("thin\u202fspace", "thin\u202fspace"),
    ],
)
def test_visible(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_shortened() -> None:
    assert view.shortened("abcdef", 6) == "abcdef"
    assert view.shortened("abcdefg", 6) == "abcde…"


def test_counts_and_plurals() -> None:
    assert view.count(1234567) == "1\u202f234\u202f567"
    assert [view.plural(number, "page") for number in (0, 1, 2)] == ["0 pages", "1 page", "2 pages"]


def test_figures_in_words() -> None:
    assert view.with_interval(0.958, Interval(0.946, 0.968)) == "95.8 (94.6–96.8)"
    assert view.with_interval(0.5, None) == "50.0"
    assert view.with_interval(None, None) == "–"


def row(**more: object) -> Row:
    return Row("a", "alignment", "all", 50, more.pop("sites", 30), **more)  # type: ignore[arg-type]


def test_rank_ranges() -> None:
    assert [view.rank(row(rank=rank)) for rank in ((1, 1), (2, 5), None)] == ["1", "2–5", "–"]


def test_judgements() -> None:
    span = Interval(-0.5, -0.1)
    assert view.judgement(row(rank=(1, 1))) == "leader"
    assert view.judgement(row(rank=(2, 2), behind=-0.3, behind_interval=span, separable=True)) == "worse"
    assert view.judgement(row(rank=(2, 2), behind=-0.3, behind_interval=span, separable=False)) == "tie"
    assert view.judgement(row(rank=(2, 2), behind=-0.3, behind_interval=span, separable=False, sites=19)) == "open"
    assert view.judgement(row(behind=-0.3, behind_interval=span, separable=True)) == ""


def test_failures_by_status() -> None:
    found = row(statuses={"ok": 5, "empty": 2, "memory": 1, "error": 3})
    assert view.failed(found) == 4
    assert view.failed_by_status(found) == "3\u00a0error, 1\u00a0memory"
    assert view.failed_by_status(row()) == ""


def test_a_grid_goes_most_common_first_and_sets_rare_labels_aside() -> None:
    rows = [LabelRow("a", "h", 5, 10, 4), LabelRow("a", "p", 9, 200, 50), LabelRow("a", "q", 4, 8, 8), LabelRow("a", "li", 9, 300, 0)]
    found = view.grid(["a"], rows, lost=False)
    assert [column.label for column in found.columns] == ["li", "p", "h"]
    assert [column.label for column in found.rare] == ["q"]
    assert found.lines == {"a": (0.0, 0.25, 0.4)}
    assert view.grid(["a"], rows, lost=True).lines == {"a": (1.0, 0.75, 0.6)}
    assert view.grid(["a"], [], lost=False).columns == ()


@pytest.mark.parametrize(("rate", "step"), [(0.0, 0), (0.049, 0), (0.05, 1), (0.2, 2), (0.4, 3), (0.699, 3), (0.7, 4), (1.0, 4)])
def test_heat_steps(rate: float, step: int) -> None:
    assert view.heat(rate) == step
