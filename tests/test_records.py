"""Records: the rules of DESIGN section 6 for empty cases, and that counts add."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.records import BODY_LABELS, LABELS, MAY_LABELS, Counts, Extraction, Gold, Line, class_of, is_page_id


@pytest.mark.parametrize(
    ("hits", "predicted", "expected", "ratios"),
    [
        # the three rows of DESIGN section 6
        (0, 0, 0, (1, 1, 1)),
        (0, 0, 7, (0, 0, 0)),
        (0, 7, 0, (0, 0, 0)),
        # 3 of 4 and 3 of 6: F1 = 2·3 / (4 + 6)
        (3, 4, 6, (0.75, 0.5, 0.6)),
        (5, 5, 5, (1, 1, 1)),
    ],
)
def test_ratios(hits: int, predicted: int, expected: int, ratios: tuple[float, float, float]) -> None:
    counts = Counts(hits, predicted, expected)
    assert (counts.precision, counts.recall, counts.f1) == ratios


@given(*(st.tuples(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50)) for _ in range(2)))
def test_counts_add_and_swapping_the_sides_swaps_precision_and_recall(a: tuple[int, int, int], b: tuple[int, int, int]) -> None:
    first, second = (Counts(hits, hits + extra, hits + missed) for hits, extra, missed in (a, b))
    both = first + second
    assert (both.hits, both.predicted, both.expected) == tuple(x + y for x, y in zip(
        (first.hits, first.predicted, first.expected), (second.hits, second.predicted, second.expected), strict=True
    ))  # fmt: skip
    swapped = Counts(first.hits, first.expected, first.predicted)
    assert (swapped.precision, swapped.recall, swapped.f1) == (first.recall, first.precision, first.f1)


@pytest.mark.parametrize("counts", [(2, 1, 3), (2, 3, 1), (-1, 0, 0)])
def test_impossible_counts_are_refused(counts: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="impossible"):
        Counts(*counts)


def test_a_failed_extraction_has_no_text() -> None:
    with pytest.raises(ValueError, match="no text"):
        Extraction("x", "a/b", "timeout", text="something")
    with pytest.raises(ValueError, match="status"):
        Extraction("x", "a/b", "fine")  # type: ignore[arg-type]


def test_every_label_has_one_class() -> None:
    # DESIGN section 4: 6 body labels, 9 may labels, 24 of clutter
    kinds = [class_of(label) for label in LABELS]
    assert (kinds.count("body"), kinds.count("may"), kinds.count("clutter")) == (6, 9, 24)
    assert not BODY_LABELS & MAY_LABELS
    with pytest.raises(KeyError):
        class_of("nav")


def test_page_ids() -> None:
    assert all(map(is_page_id, ("a/b", "my-site/page-2")))
    assert not any(map(is_page_id, ("a", "a/b/c", "A/b", "-a/b", "a/../b")))


def test_the_gold_body_keeps_split_paragraphs_together() -> None:
    lines = (
        Line("p", "The bridge opened."), Line("x-see-also", "READ MORE: Toll", continues=True), Line("p", "It rained.", continues=True),
        Line("x-nav", "Home"), Line("h", "After"), Line("title", "Bridge"), Line("li", "one"),
    )  # fmt: skip
    assert Gold({}, lines).body == "The bridge opened. It rained.\nAfter\none"
