"""Agreement of two labellings: the coefficient against its author's worked examples, the rest against counts by hand."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

import pytest

from harness.corpus import agree
from harness.errors import NothingMatched
from harness.records import Gold, Line
from tests.corpora import LINES, write_corpus


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        # Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability", examples A and B: he prints 0.095 and 0.692.
        ("0100000010", "1110010000", 0.095),
        ("aabbdcccedda", "babbbccceddd", 0.692),
    ],
)
def test_alpha_of_the_published_examples(one: str, two: str, expected: float) -> None:
    assert round(agree.alpha(Counter(zip(one, two, strict=True))), 3) == expected


def test_alpha_at_its_ends() -> None:
    assert agree.alpha(Counter({("p", "p"): 4, ("x-nav", "x-nav"): 3})) == 1
    assert math.isnan(agree.alpha(Counter({("p", "p"): 4})))


def gold(*lines: tuple[str, str, bool]) -> Gold:
    return Gold({"type": "news"}, tuple(Line(label, text, continues, number) for number, (label, text, continues) in enumerate(lines, 1)))


def test_words_of_a_block_that_is_split_in_one_file_only() -> None:
    """One splits "closedRead on" in two, the other leaves it: the four words that both have are compared, three stand alone."""
    one = gold(("p", "The pier is closed", False), ("x-see-also", "Read on", True))
    two = gold(("p", "The pier is closedRead on", False))
    pairs, alone = agree.compared(one, two)
    # In common: the, pier, is (p and p), on (x-see-also and p). Alone: closed, read; closedread.
    assert pairs == Counter({("p", "p"): 3, ("x-see-also", "p"): 1})
    assert alone == 3


def test_body_f1_by_hand() -> None:
    # Bodies of 8 and 6 words, 5 in both: 2 × 5 ÷ 14.
    assert agree.body_f1({("p", "p"): 4, ("p", "li"): 1, ("p", "x-ad"): 3, ("note", "p"): 1, ("x-nav", "x-nav"): 9}) == 10 / 14
    assert agree.body_f1({("x-nav", "x-other"): 3}) == 1


def second(root: Path, page: str, changes: dict[str, str]) -> None:
    path = root / f"gold/{page}.txt"
    text = path.read_text(encoding="utf-8")
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    path.with_name(f"{path.stem}.b.txt").write_text(text, encoding="utf-8")


def test_a_corpus(tmp_path: Path) -> None:
    """By hand (tests/corpora.py): 51 body tokens for one-word places, of which "Ferries …" (11) is clutter in one second labelling."""
    root = write_corpus(tmp_path, {"post": "Greyholm", "echo": "Ness"})
    second(root, "post/pier", {"li: Ferries": "x-related: Ferries", "x-trending: Library": "x-unrelated: Library"})
    second(root, "echo/pier", {})
    found = agree.agreement(root)
    # Words of LINES: 6 + 5 + 21 + 19 + 8 + 11 + 2 + 9 + 8 = 89.
    assert sum(len(line.split()) - 1 for line in LINES.splitlines()) == 89
    assert (found.words.total(), found.unpaired) == (178, 0)
    assert found.by_page == {"post/pier": 2 * 40 / (51 + 40), "echo/pier": 1}
    assert found.body_f1.value == pytest.approx((80 / 91 + 1) / 2)
    assert found.body_f1.low <= found.body_f1.value <= found.body_f1.high
    assert agree.confusions(found) == [("li", "x-related", 11, 1), ("x-trending", "x-unrelated", 8, 1)]
    assert agree.label_agreement(found)["li"] == (22, 0.5)
    # Class: 11 of 178 words differ; per coder body 102 and 91, may 10, clutter 66 and 77, so 193, 20 and 143 of 356.
    expected = (356**2 - 193**2 - 20**2 - 143**2) / (356 * 355)
    assert found.class_alpha.value == pytest.approx(1 - (11 / 178) / expected)
    rows = list(agree.as_text(found))
    assert rows[0] == "2 pages on 2 sites labelled twice, 178 words"
    assert rows[-1] == "0.879  post/pier"


def test_nothing_to_compare(tmp_path: Path) -> None:
    root = write_corpus(tmp_path, {"post": "Greyholm"})
    with pytest.raises(NothingMatched, match="has no second labelling"):
        agree.agreement(root)
