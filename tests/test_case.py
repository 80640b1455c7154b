"""What a metric sees of a page: labels on tokens, from full gold and from gold that knows only the body."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from harness.case import Case
from harness.corpus import corpus
from harness.errors import CorpusError
from harness.metrics import alignment
from harness.records import UNLABELLED, Gold, Line, Page, class_of
from tests.corpora import write_corpus


@pytest.fixture
def case(tmp_path: Path) -> Case:
    ((page, gold),) = corpus.load(write_corpus(tmp_path, {"post": "Greyholm"}))
    return Case(page, gold)


def test_tokens_by_label(case: Case) -> None:
    # counted by hand in tests/corpora.py
    assert case.label_tokens == {"p": 40, "li": 11, "title": 5, "x-nav": 6, "x-see-also": 8, "x-trending": 19}


def test_a_gold_that_does_not_fit_is_refused(case: Case) -> None:
    lines = tuple(dataclasses.replace(line, text=line.text.replace("divers", "drivers")) for line in case.gold.lines)
    with pytest.raises(CorpusError, match=r"gold/post/pier\.txt does not fit its page.*gold check post/pier"):
        _ = Case(case.page, Gold(case.gold.header, lines)).target
    with pytest.raises(CorpusError, match="the page has 8 blocks, the gold 7"):
        _ = Case(case.page, Gold(case.gold.header, case.gold.lines[:-1])).target


def test_a_word_that_a_split_cuts_belongs_to_where_it_begins() -> None:
    page = Page("s/p", "", "en", "<p><span>Wire DeskBy Ann Lee</span><span>March 11</span> 2024</p>", "", "")
    gold = Gold({"coverage": "full"}, (Line("byline", "Wire DeskBy Ann Lee"), Line("date", "March 11 2024", continues=True)))
    target = Case(page, gold).target
    # the page glues "Lee" and "March" into one word, which begins in the byline
    assert list(zip(target.tokens, target.labels, strict=True)) == [
        ("wire", "byline"), ("deskby", "byline"), ("ann", "byline"), ("leemarch", "byline"), ("11", "date"), ("2024", "date"),
    ]  # fmt: skip


def test_gold_that_knows_only_the_body(case: Case) -> None:
    body = [line for line in case.gold.lines if line.label in ("p", "li")]
    extra = Line("p", "These five words are missing.")
    only = Case(case.page, Gold({"coverage": "body"}, (*body[:1], extra, *body[1:])))
    # 51 body tokens of the page and 5 that it has not; of the rest the menu's 6 and the list's 19 have an inferred label, the headline
    # (5) and the link within the paragraph (8) none
    assert only.inferred
    assert not case.inferred
    assert only.label_tokens == {"p": 45, "li": 11, UNLABELLED: 13, "x-nav": 6, "x-trending": 19}
    tokens = [token for token, label in zip(only.target.tokens, only.target.labels, strict=True) if class_of(label) == "body"]
    assert tokens[20:27] == ["said", "these", "five", "words", "are", "missing", "boats"]


def test_nothing_is_inferred_without_html_or_from_snippets(case: Case) -> None:
    body = tuple(line for line in case.gold.lines if line.label == "p")
    for page, coverage in ((dataclasses.replace(case.page, html=None), "body"), (case.page, "snippets")):
        only = Case(page, Gold({"coverage": coverage}, body))
        assert not only.inferred
        assert set(only.label_tokens) == {"p", UNLABELLED}


def test_inferred_labels_change_no_count(case: Case) -> None:
    """Every token keeps its class, so an answer is kept, leaked and scored as if the rest of the page had no label."""
    lines = tuple(dataclasses.replace(line, label="p") for line in case.gold.lines if line.label in ("p", "li"))
    guessed = Case(case.page, Gold({"coverage": "body"}, lines))
    plain = Case(case.page, Gold({"coverage": "snippets"}, lines))
    assert guessed.target.tokens == plain.target.tokens
    assert [class_of(label) for label in guessed.target.labels] == [class_of(label) for label in plain.target.labels]
    for answer in (case.body, case.page.text, "Storm closes the fish pier\nMost read\nLibrary opens on Sundays from next month on", ""):
        assert alignment.measure(guessed, answer).counts == alignment.measure(plain, answer).counts
    assert guessed.label_tokens["li"] == 11  # the body's roles are inferred where the gold says p


def test_the_text_track_counts_only_what_its_text_offers(case: Case) -> None:
    without_menu = "\n".join(case.page.text.split("\n")[1:])
    flattened = Case(dataclasses.replace(case.page, text=without_menu), case.gold)
    assert "x-nav" not in flattened.offered("text")
    assert flattened.offered("text")["x-trending"] == 19
    assert flattened.offered("html")["x-nav"] == 6
