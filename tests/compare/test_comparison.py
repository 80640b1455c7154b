"""Figures, words and pages of a comparison against counts by hand, `harness.pairs` and plain loops over the draws."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from harness import pairs
from harness.compare import words
from harness.compare.changes import Change
from harness.compare.comparison import ALL, Comparison, compare
from harness.corpus import corpus as corpora
from harness.corpus.corpus import Corpus
from harness.progress import Progress
from harness.resample import site_weights
from harness.stats import Cells
from harness.store import Cache
from tests.compare.conftest import LAST, NAV, Compared, body, sides, write_answers
from tests.corpora import write_corpus


def label(found: Comparison, name: str, *, lost: bool) -> tuple[int, int, int]:
    (row,) = [row for row in found.labels if row.label == name and row.lost == lost]
    return row.a, row.b, row.tokens


def test_words_lost_and_leaked_counted_by_hand(compared: Compared) -> None:
    found = compared({}, {"birch": body(nav=True, last=False), "cedar": body(nav=True)})
    # Of 51 body words the last line has 11, the menu has 6: 2·40 / (46 + 51) and 2·51 / (57 + 51).
    assert [row.page for row in found.rows] == ["birch/pier", "cedar/pier", "alder/pier"]
    assert [row.b for row in found.rows] == pytest.approx([80 / 97, 102 / 108, 1])
    assert found.f1.difference == pytest.approx((80 / 97 + 102 / 108 + 1) / 3 - 1)
    assert found.precision.b == pytest.approx((40 / 46 + 51 / 57 + 1) / 3)
    assert found.recall.b == pytest.approx((40 / 51 + 1 + 1) / 3)
    assert label(found, "li", lost=True) == (0, 11, 33)
    assert label(found, "p", lost=True) == (0, 0, 120)
    assert label(found, ALL, lost=True) == (0, 11, 153)
    assert label(found, "x-nav", lost=False) == (0, 12, 18)
    # menu 6, see also 8, most read 2 + 9 + 8
    assert label(found, ALL, lost=False) == (0, 12, 99)
    assert found.fates == {"newly failing": 0, "worse": 2, "same": 1, "better": 0, "fixed": 0}
    assert found.rows[0].changes == (Change("leaked", "x-nav", NAV.lower()), Change("lost", "li", LAST.lower().rstrip(".")))


def test_the_other_way_round_the_signs_turn(compared: Compared) -> None:
    worse = {"birch": body(nav=True, last=False)}
    forth, back = compared({}, worse), compared(worse, {})
    assert back.f1.difference == -forth.f1.difference
    assert back.fates["better"] == 1
    assert {change.kind for change in back.rows[-1].changes} == {"kept again", "no longer leaked"}
    assert forth.p == back.p


def test_words_without_a_place_on_the_page(compared: Compared) -> None:
    found = compared({}, {"birch": body() + "\nzanzibar quinces"})
    assert found.strange == {"repeated": (0, 0), "invented": (0, 2)}
    assert found.rows[0].changes == (Change("new", "invented", "zanzibar quinces"),)


def test_pages_that_are_the_same_and_those_that_only_score_so(compared: Compared) -> None:
    title = {"birch": "Storm closes the fish pier\n" + body()}
    assert words.verdict(compared({}, {})).endswith(
        "/new.json answers exactly as " + str(compared({}, {}).a.name) + " does on 3 pages of 3 sites."
    )
    found = compared({}, title)  # a headline is never scored
    assert "scores exactly as" in words.verdict(found)
    assert "with other words on 1 page." in words.verdict(found)
    assert found.fates["same"] == 3
    assert [row.same_answer for row in found.rows].count(False) == 1


def test_empty_answers_are_worse_and_counted(compared: Compared) -> None:
    found = compared({}, {"birch": ""})
    assert found.empty == (0, 1)
    assert found.failed == (0, 0)
    assert (found.rows[0].fate, found.rows[0].b, found.rows[0].statuses) == ("worse", 0, ("ok", "empty"))


@pytest.fixture
def many(tmp_path: Path) -> tuple[Corpus, Comparison]:
    """Twenty-two sites; B leaks the menu on every third, and loses the last line on five others that A leaked the menu on."""
    corpus = corpora.load(write_corpus(tmp_path, {f"site{number:02}": "Greyholm" for number in range(22)}))
    pages = [entry.id for entry in corpus.entries]
    a = {page: body(nav=number % 4 == 1) for number, page in enumerate(pages)}
    b = {page: body(nav=number % 3 == 0, last=number % 4 != 1) for number, page in enumerate(pages)}
    names = [str(write_answers(tmp_path / f"{name}.json", answers)) for name, answers in (("old", a), ("new", b))]
    found = sides(corpus, *names)
    with Cache(corpus.root) as cache:
        return corpus, compare(corpus, found[0], found[1], cache, Progress())


def test_interval_and_p_are_those_of_the_report(many: tuple[Corpus, Comparison]) -> None:
    found = many[1]
    rows = sorted(found.rows, key=lambda row: row.page)
    f1 = np.array([[row.a for row in rows], [row.b for row in rows]])
    # Hits of equal sides make F1 itself: 2h / (1 + 1).
    cells = Cells(("A", "B"), tuple(r.page for r in rows), tuple(r.site for r in rows), f1, np.ones_like(f1), np.ones_like(f1))
    (pair,) = pairs.compare(cells, ["A", "B"])
    assert (pair.first, pair.p) == ("A", found.p)
    assert pair.detectable == pytest.approx(found.detectable)
    assert found.f1.interval is not None
    assert (-found.f1.interval.high, -found.f1.interval.low) == pytest.approx((pair.interval.low, pair.interval.high))
    assert found.f1.difference == pytest.approx(-pair.difference)


def test_a_labels_interval_by_a_plain_loop(many: tuple[Corpus, Comparison]) -> None:
    corpus, found = many
    (row,) = [row for row in found.labels if row.label == "x-nav"]
    leaked = np.array([6 * (number % 3 == 0) - 6 * (number % 4 == 1) for number in range(22)])
    drawn = [float(weights @ leaked) / (22 * 6) for chunk in site_weights(22) for weights in chunk]
    assert row.rate.interval is not None
    assert (row.rate.interval.low, row.rate.interval.high) == pytest.approx(tuple(np.quantile(drawn, [0.025, 0.975])))
    assert row.rate.difference == pytest.approx(leaked.sum() / (22 * 6))
    assert corpus.root.is_dir()


def test_few_sites_get_no_interval_of_a_label(compared: Compared) -> None:
    found = compared({}, {"birch": body(nav=True)})
    assert all(row.rate.interval is None for row in found.labels)


def test_the_verdict_claims_no_more_than_sites_and_test_allow(compared: Compared, many: tuple[Corpus, Comparison]) -> None:
    few = words.verdict(compared({}, {site: body(nav=True) for site in ("alder", "birch", "cedar")}))
    assert "3 sites are too few to say that either is better (20 is the least)." in few
    assert " is worse than " not in few
    assert many[1].p is not None
    assert ("cannot be told apart" in words.verdict(many[1])) == (many[1].p >= 0.05)


def test_a_lead_on_every_site_is_called_one(tmp_path: Path) -> None:
    corpus = corpora.load(write_corpus(tmp_path, {f"site{number:02}": "Greyholm" for number in range(20)}))
    pages = [entry.id for entry in corpus.entries]
    names = [
        str(write_answers(tmp_path / name, {page: body(nav=number % 2 == 0, last=last) for number, page in enumerate(pages)}))
        for name, last in (("old.json", False), ("new.json", True))
    ]
    found = sides(corpus, *names)
    with Cache(corpus.root) as cache:
        forth = compare(corpus, found[0], found[1], cache, Progress())
        back = compare(corpus, found[1], found[0], cache, Progress())
    assert f"new.json is better than {names[0]} by " in words.verdict(forth)
    assert f"old.json is worse than {names[1]} by " in words.verdict(back)


def test_one_site_has_no_interval(tmp_path: Path) -> None:
    corpus = corpora.load(write_corpus(tmp_path, {"alder": "Greyholm"}))
    names = [str(write_answers(tmp_path / name, {"alder/pier": text})) for name, text in (("a.json", body()), ("b.json", body(nav=True)))]
    found = sides(corpus, *names)
    with Cache(corpus.root) as cache:
        only = compare(corpus, found[0], found[1], cache, Progress())
    assert (only.f1.interval, only.p) == (None, None)
    assert "One site says nothing about others" in words.verdict(only)
