"""Reference rows by hand, on a page of eight blocks."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness import reference
from harness.case import Case
from harness.errors import UsageError
from harness.metrics import alignment
from harness.records import Counts, Extraction, Gold, Line, Page

# label, text; words by class: 4 clutter · 4 may · 12 body · 6 clutter · 8 body · 12 clutter · 3 body · 5 clutter
BLOCKS = (
    ("x-nav", "Front menu links here"),
    ("title", "Ferry stops running today"),
    ("p", "The old ferry ended its service on Monday after forty busy years"),
    ("x-ad", "Buy cheap boots before winter begins"),
    ("p", "Passengers must now take a bus around it"),
    ("x-trending", "Mayor resigns Goat wins race Library opens late Snow expected Baker sells everything"),
    ("li", "Tickets stay valid"),
    ("x-footer", "All rights reserved somewhere else"),
)
TEXTS = [text for _, text in BLOCKS]


def made(blocks: tuple[tuple[str, str], ...] = BLOCKS, coverage: str = "full") -> Case:
    html = "<html><body>" + "".join(f"<p>{text}</p>" for _, text in blocks) + "</body></html>"
    lines = tuple(Line(label, text) for label, text in blocks if coverage == "full" or label in ("p", "li"))
    return Case(Page("site/page", "", "en", html, "\n".join(text for _, text in blocks), "00"), Gold({"coverage": coverage}, lines))


def answer(*numbers: int) -> str:
    return "\n".join(TEXTS[number] for number in numbers)


def ok(name: str, *numbers: int) -> Extraction:
    return Extraction(name, "site/page", "ok", answer(*numbers))


def test_best_run_by_hand() -> None:
    # All runs that begin and end in body, 2 · kept / (scored + 23):
    # 2: 24/35 = .69 · 2–4: 40/49 = .82 · 2–6: 46/64 = .72 · 4: 16/31 = .52 · 4–6: 22/46 = .48 · 6: 6/26 = .23
    # Any other run holds more clutter for the same body; 1–4 is as good as 2–4, for the headline counts nowhere.
    run = reference.best_run(made(), "html")
    assert run == answer(2, 3, 4)
    assert alignment.measure(made(), run).counts == Counts(20, 26, 23)


def test_best_run_of_the_flattened_text_chooses_among_its_lines() -> None:
    without = tuple(text for number, text in enumerate(TEXTS) if number != 5)
    case = dataclasses.replace(made(), page=dataclasses.replace(made().page, text="\n".join(without)))
    # without the list of stories the last item is worth taking: 46 / (29 + 23) = .88
    assert reference.best_run(case, "text") == answer(2, 3, 4, 6)
    assert reference.best_run(case, "html") == answer(2, 3, 4)


def test_best_run_where_only_the_body_is_known() -> None:
    # the headline, which counts nowhere in the full gold, is unwanted here, as is everything else outside the body
    assert reference.best_run(made(coverage="body"), "html") == answer(2, 3, 4)
    lines = (Line("p", "These words are nowhere on the page."), *made(coverage="body").gold.lines)
    lacking = dataclasses.replace(made(), gold=Gold({"coverage": "body"}, lines))
    assert reference.best_run(lacking, "html") == answer(2, 3, 4)
    assert alignment.measure(lacking, lacking.body).counts.f1 == 1


def test_a_page_whose_right_answer_is_nothing() -> None:
    blocks = tuple((label if label.startswith("x-") else "x-other", text) for label, text in BLOCKS)
    found = reference.references(made(blocks), "html", [ok("a", 2), ok("b", 4, 5)])
    texts = {each.extractor: each.text for each in found}
    assert (texts["gold"], texts["best-run"]) == ("", "")
    assert texts["oracle"] == answer(2)  # both are wrong, the first by name stands for them
    assert alignment.measure(made(blocks), texts["gold"]).counts.f1 == 1
    assert alignment.measure(made(blocks), texts["best-run"]).counts.f1 == 1


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=9), st.integers(0, 5))
def test_the_best_span_is_that_of_all_spans(blocks: list[tuple[int, int]], missing: int) -> None:
    kept = [hits for hits, _ in blocks]
    scored = [hits + clutter for hits, clutter in blocks]
    expected = sum(kept) + missing

    def ratio(start: int, end: int) -> Fraction:
        words = sum(scored[start:end]) + expected
        return Fraction(2 * sum(kept[start:end]), words) if words else Fraction(0)

    start, end = reference._best_span(kept, scored, expected)
    spans = [(i, j) for i in range(len(blocks) + 1) for j in range(i, len(blocks) + 1)]
    assert ratio(start, end) == max(ratio(*span) for span in spans)
    if ratio(start, end) == 0:
        assert start == end


def test_majority_by_hand() -> None:
    half = "The old ferry ended its service"  # 6 of the 12 words of block 2: just enough
    answers = [answer(1, 2, 4), f"{half}\n{answer(3, 4)}", answer(4, 7)]
    # votes: headline 1, block 2: 2, ad 1, block 4: 3, footer 1; of three more than half is two
    assert reference.majority(made(), "html", answers) == answer(2, 4)
    assert reference.majority(made(), "text", answers) == answer(2, 4)
    # of two it is both
    assert reference.majority(made(), "html", answers[1:]) == answer(4)
    assert reference.majority(made(), "html", [answer(7)]) == answer(7)


def test_the_majority_knows_no_gold() -> None:
    """A text that stands twice is taken where it stands first, also where the gold calls only the second body."""
    twice = (("x-trending", BLOCKS[2][1]), *BLOCKS[3:], BLOCKS[2])
    case = made(twice)
    assert reference.majority(case, "html", [twice[0][1]]) == twice[0][1]
    assert alignment.measure(case, twice[0][1]).counts.hits == 12


def test_oracle_takes_the_best_and_of_equals_the_first_by_name() -> None:
    # b: 20 of 23 words and nothing else; a: 12; c is as good as b, for the headline counts nowhere
    answers = {"c": answer(1, 2, 4), "a": answer(2), "b": answer(2, 4)}
    assert reference.oracle(made(), answers) == answer(2, 4)
    del answers["b"]
    assert reference.oracle(made(), answers) == answer(1, 2, 4)


def test_failures_neither_vote_nor_answer() -> None:
    failed = Extraction("d", "site/page", "crash")
    found = {each.extractor: each for each in reference.references(made(), "text", [ok("a", 2, 4), failed])}
    assert list(found) == ["gold-lines", "oracle-lines", "best-run-lines", "majority-lines"]
    assert found["majority-lines"].text == answer(2, 4)
    found = {each.extractor: each for each in reference.references(made(), "html", [failed])}
    assert {name: each.status for name, each in found.items()} == {"gold": "ok", "oracle": "error", "best-run": "ok", "majority": "error"}


def test_without_extractors_there_is_neither_oracle_nor_majority() -> None:
    assert [each.extractor for each in reference.references(made(), "html", [])] == ["gold", "best-run"]


def test_entrants_say_what_each_is() -> None:
    rows = reference.entrants({"gold", "oracle-lines", "trafilatura"})
    assert [(row["name"], row["track"], row["category"]) for row in rows] == [
        ("gold", "html", "reference"), ("oracle-lines", "text", "reference"),
    ]  # fmt: skip
    assert all(row["about"] for row in rows)
    with pytest.raises(UsageError, match='"best-run-lines" is the name of a reference row'):
        reference.refuse_names(["trafilatura", "best-run-lines"])
