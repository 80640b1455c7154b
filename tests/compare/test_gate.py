"""Limits: what is one, what breaks it, and the sentence that says so."""

from __future__ import annotations

import pytest

from harness.compare.gate import failures, gate
from harness.errors import UsageError
from tests.compare.conftest import Compared, body

WORSE = {"birch": body(nav=True, last=False)}
"""F1 80/97 there instead of 1: −17.5 points, −5.84 in the mean of three; x-nav leaks 6 of 18 words: +33.3 points."""


def test_limits_that_hold_and_that_break(compared: Compared) -> None:
    found = compared({}, WORSE)
    assert failures(gate(-5.9, -17.6, ["x-nav:+33.4"]), found) == []
    under, page, leak = failures(gate(-5.8, -17.5, ["x-nav:+33.3"]), found)
    assert under == "Mean F1 went from 100.0 to 94.2, −5.84 points where --fail-under allows −5.8."
    assert page == "Page birch/pier went from 100.0 to 82.5, −17.53 points where --fail-page allows −17.5."
    assert leak == "The leak of x-nav went from 0.0 to 33.3 % (0 to 6 of 18 words), +33.33 points where --fail-leak allows +33.3."


def test_a_limit_that_is_met_exactly_holds(compared: Compared) -> None:
    assert failures(gate(0, 0, ["x-nav:0", "all:0"]), compared({}, {})) == []
    assert failures(gate(0, None, []), compared(WORSE, {})) == []


def test_nothing_to_judge_and_a_gain_that_is_asked_for(compared: Compared) -> None:
    assert not gate(None, None, []).limits
    assert len(failures(gate(+1, None, []), compared({}, {}))) == 1


def test_all_clutter_together(compared: Compared) -> None:
    (sentence,) = failures(gate(None, None, ["all:+6"]), compared({}, WORSE))  # 6 of 99 words
    assert sentence.startswith("The leak of all clutter went from 0.0 to 6.1 % (0 to 6 of 99 words), +6.1 points")


def test_an_empty_answer_is_named_as_such(compared: Compared) -> None:
    (sentence,) = failures(gate(None, -5, []), compared({}, {"birch": "", "cedar": body(last=False)}))
    assert "Page birch/pier went from 100.0 to 0.0 (empty), −100.0 points" in sentence
    assert sentence.endswith("; so did 1 other.")


def test_a_label_that_no_page_has_cannot_be_judged(compared: Compared) -> None:
    with pytest.raises(UsageError, match="no page here has x-cookie, so it could never fail"):
        failures(gate(None, None, ["x-cookie:+2"]), compared({}, {}))


@pytest.mark.parametrize(
    ("leak", "said"),
    [
        ("x-nav", "no label with points"),
        ("x-nav:", "no label with points"),
        ("x-nav:1.2.3", "no label with points"),
        ("x-nav:+101", "no label with points"),
        ("x-nva:+2", 'no clutter label .*Did you mean "x-nav"'),
        ("p:+2", "no clutter label"),
    ],
)
def test_what_is_no_leak_limit(leak: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        gate(None, None, [leak])


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -101.0])
def test_what_is_no_limit(value: float) -> None:
    for under, page in ((value, None), (None, value)):
        with pytest.raises(UsageError, match="no number of points"):
            gate(under, page, [])
